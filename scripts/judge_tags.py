"""Rule `judge_tags`: score the tag vectors by the completion of held-out tags."""

import pandas as pd

from phototags.evaluation.tag_completion_scores import common_tags, judge_tags, read_tables
from phototags.evaluation.test_photos import judged_photos, photos_of
from phototags.io.logs import configure_logging
from phototags.io.storage import atomic_write
from phototags.params.embeddings import EmbedTags
from phototags.tags.vocabulary import read_vocabulary

given = snakemake  # noqa: F821
configure_logging(given.log[0])
files, settings = given.input, EmbedTags.model_validate_json(given.params.settings)

learned, tested = (files.tags, files.split), (files.test_tags, files.test_split)
judged, _ = judged_photos(given.wildcards.train, learned, given.wildcards.test, tested)
training, vocabulary = photos_of(*learned, {"train"}), read_vocabulary(files.vocabulary).tags
rows = common_tags(vocabulary, pd.read_parquet(files.test_tags, columns=["tags"])["tags"])
words, contexts = (
    dict(zip(given.params.seeds, paths, strict=True)) for paths in (files.vectors, files.contexts)
)
tables = read_tables(words, contexts, files.get("start", []), settings, vocabulary, rows)
tags = [vocabulary[row] for row in rows]
scores = judge_tags(tags, training["tags"], judged["tags"], tables, **given.params.bootstrap)
with atomic_write(given.output.scores) as part:
    scores.to_parquet(part)
