"""Rule `score_tagger`: score one tagger on all its test corpora, through each bridge."""

from pathlib import Path

from phototags.evaluation.score_tagger import TestInputs, score_tagger
from phototags.io.logs import start_job
from phototags.params.score import Score
from phototags.tags.vocabulary import read_vocabulary

given = start_job(snakemake)  # noqa: F821
files, output = given.input, given.output
train, pictures = given.wildcards.train, given.params.pictures
single = zip(given.params.tests, files.tags, files.split, files.duplicates, strict=True)
tests = [
    TestInputs(
        test,
        [file for file in files.features if Path(file).parent.name == pictures[test]],
        *paths,
        [file for file in files.users if Path(file).stem == f"users_{test}"],
        same_photos=pictures[test] == pictures[train],
    )
    for test, *paths in single
]
tagger = Path(files.model).parent, train, (files.train_tags, files.train_split)
tags, settings = read_vocabulary(files.vocabulary).tags, given.params.settings
results = score_tagger(*tagger, tags, tests, Score.model_validate_json(settings), files.wordnet)
for result, *paths in zip(results, output.scores, output.predictions, output.drops, strict=True):
    result.write(*paths)
