"""Rule `score_split`: train all systems on one split of a corpus and score them."""

import json

from phototags.evaluation.split_scores import SPLIT_SCORES
from phototags.evaluation.split_tests import TestFiles
from phototags.io.logs import start_job
from phototags.photos.photo_table import write_table
from phototags.training.score_split import SplitInputs, SplitSettings, score_split

given = start_job(snakemake)  # noqa: F821
files, params, train = given.input, dict(given.params.items()), given.wildcards.train
sections = {name: json.loads(params[name]) for name in params["sections"]}
systems = {name: json.loads(system) for name, system in params["systems"].items()}
sections["split"]["seed"] = int(given.wildcards.split)
settings = SplitSettings(systems=systems, device=params["device"], **sections)
inputs = SplitInputs(
    train, files.photos, files.tags, list(files.features), files.wordnet, files.get("start", [])
)
paths = zip(params["tests"], files.test_tags, files.test_split, strict=True)
tests = [
    TestFiles(test, *one, [of for of in files.test_features if f"/{pictures}/" in of])
    for (test, *one), pictures in zip(paths, params["pictures"], strict=True)
]
write_table(given.output.scores, score_split(inputs, tests, settings), SPLIT_SCORES)
