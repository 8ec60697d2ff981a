"""Rule `judge_tags`: guess the missing tag of held-out photos, by vectors and by counting."""

import pandas as pd

from phototags.embeddings.start import text_vectors
from phototags.embeddings.tag_vectors import read_tag_vectors
from phototags.logs import log_to
from phototags.scoring.photos import JUDGED, LEARNED, photos_of, refuse_overlap
from phototags.scoring.tag_vectors import Tables, common_tags, judge_tags
from phototags.settings.embeddings import EmbedTags
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
settings = EmbedTags.model_validate_json(given.params.settings)
words, contexts = (
    dict(
        zip(
            given.params.seeds,
            [read_tag_vectors(path).numpy()[rows] for path in paths],
            strict=True,
        )
    )
    for paths in (given.input.vectors, given.input.contexts)
)
text = text_vectors(settings.start, given.input.get("start", []), tags)
tables = Tables(words, contexts, settings.power, text and text.of(tags))
scores = judge_tags(tags, training["tags"], judged["tags"], tables, **given.params.bootstrap)
with whole(given.output.scores) as part:
    scores.to_parquet(part)
