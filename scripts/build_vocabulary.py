"""Rule `build_vocabulary`: choose the tags worth learning, from the training part alone."""

import logging

import polars as pl

from phototags.config import Vocabulary
from phototags.logs import log_to
from phototags.tags.vocabulary import build, write_vocabulary

given = snakemake  # noqa: F821
log_to(given.log[0])

parts = pl.read_parquet(given.input.split, columns=["row", "part"])
tags = pl.read_parquet(given.input.tags).join(parts, on="row", validate="1:1")
training = tags.filter(pl.col("part") == "train")
vocabulary = build(training, Vocabulary.model_validate_json(given.params.settings))
logging.info("%d tags from %d photos", vocabulary.height, training.height)
write_vocabulary(given.output.vocabulary, vocabulary)
