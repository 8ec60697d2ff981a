"""Rule `split_photos`: split a corpus into training, validation and test part, by whole users."""

import logging

import polars as pl

from phototags.io.logs import start_job
from phototags.io.storage import atomic_write
from phototags.params.vocabulary import Split
from phototags.tags.split import split_photos

given = start_job(snakemake)  # noqa: F821

photos = pl.read_parquet(given.input.photos, columns=["row", "photo_id", "user_id", "split"])
settings = Split.model_validate_json(given.params.settings)
parts = split_photos(photos, settings, given.params.trained)
logging.info("photos: %s", dict(sorted(parts["part"].value_counts().iter_rows())))

with atomic_write(given.output.split) as part:
    parts.write_parquet(part)
