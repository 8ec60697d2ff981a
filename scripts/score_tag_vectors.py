"""Rule `score_tag_vectors`: score tag vectors by predicting a hidden tag of test photos."""

import pandas as pd

from phototags.evaluation.tag_completion_scores import common_tags, read_tables, score_tag_vectors
from phototags.evaluation.test_photos import photos_in_parts, select_test_photos
from phototags.io.logs import start_job
from phototags.io.storage import atomic_write
from phototags.params.embeddings import EmbedTags
from phototags.tags.vocabulary import read_vocabulary

given = start_job(snakemake)  # noqa: F821
files, settings = given.input, EmbedTags.model_validate_json(given.params.settings)

train_files, test_files = (files.tags, files.split), (files.test_tags, files.test_split)
train, vocabulary = photos_in_parts(*train_files, {"train"}), read_vocabulary(files.vocabulary).tags
both = given.wildcards.train, train_files, given.wildcards.test, test_files
test, _ = select_test_photos(*both, same_photos=given.params.same_photos)
rows = common_tags(vocabulary, pd.read_parquet(files.test_tags, columns=["tags"])["tags"])
vectors, contexts = (
    dict(zip(given.params.seeds, paths, strict=True)) for paths in (files.vectors, files.contexts)
)
tables = read_tables(vectors, contexts, files.get("start", []), settings, vocabulary, rows)
tags = [vocabulary[row] for row in rows]
scores = score_tag_vectors(tags, train["tags"], test, tables, **given.params.resamples)
with atomic_write(given.output.scores) as part:
    scores.to_parquet(part)
