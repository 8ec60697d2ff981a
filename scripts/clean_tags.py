"""Rule `clean_tags`: spell what people wrote in one way, once per distinct spelling."""

import logging

import polars as pl

from phototags.logs import log_to
from phototags.storage import whole
from phototags.tags.cleaning import clean_photos, write_tags

given = snakemake  # noqa: F821
log_to(given.log[0])

photos = pl.read_parquet(given.input.photos, columns=["row", "photo_id", "user_id", "tags"])
tags, spelling = clean_photos(photos)
logging.info("%d written tags, %d clean", spelling.height, spelling["tag"].n_unique())

write_tags(given.output.tags, tags)
with whole(given.output.spelling) as part:
    spelling.write_csv(part, separator="\t")
