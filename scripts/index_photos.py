"""Rule `index_photos`: index the photos of a corpus for search by words."""

from pathlib import Path

import pandas as pd

from phototags.features.feature_cache import read_features
from phototags.io.logs import configure_logging
from phototags.io.storage import hash_file
from phototags.photos.photo_table import read_photos
from phototags.search.index import build_index, write_index
from phototags.systems.tagger import load

given = snakemake  # noqa: F821
configure_logging(given.log[0])

index = build_index(
    load(Path(given.input.model).parent),
    read_features(given.input.features),
    read_photos(given.input.photos),
    pd.read_parquet(given.input.tags),
    given.wildcards.corpus,
    hash_file(given.input.model),
)
write_index(index, given.output.vectors, given.output.table)
