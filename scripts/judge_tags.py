"""Rule `judge_tags`: guess the missing tag of held-out photos, by vectors and by counting."""

import pandas as pd

from phototags.embeddings.tag_vectors import read_tag_vectors
from phototags.embeddings.text import glove
from phototags.logs import log_to
from phototags.scoring.photos import JUDGED, LEARNED, photos_of, refuse_overlap
from phototags.scoring.tag_vectors import common_tags, judge_tags
from phototags.storage import whole
from phototags.tags.vocabulary import read_vocabulary

given = snakemake  # noqa: F821
log_to(given.log[0])
train, test = given.wildcards.train, given.wildcards.test

judged = photos_of(given.input.test_tags, given.input.test_split, JUDGED)
refuse_overlap(train, test, photos_of(given.input.tags, given.input.split, LEARNED), judged)
training = photos_of(given.input.tags, given.input.split, {"train"})
vocabulary = read_vocabulary(given.input.vocabulary).tags
rows = common_tags(vocabulary, pd.read_parquet(given.input.test_tags, columns=["tags"])["tags"])
tags = [vocabulary[row] for row in rows]
tables = [read_tag_vectors(path).numpy()[rows] for path in given.input.vectors]
vectors = {"tag-vectors": dict(zip(given.params.seeds, tables, strict=True))}
if given.params.start == "glove":
    vectors = {"text": dict.fromkeys(given.params.seeds, glove().of(tags)), **vectors}
scores = judge_tags(tags, training["tags"], judged["tags"], vectors, **given.params.bootstrap)
with whole(given.output.scores) as part:
    scores.to_parquet(part)
