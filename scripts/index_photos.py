"""Rule `index_photos`: index the photos of a corpus for search by words."""

from pathlib import Path

import pandas as pd

from phototags.features.feature_cache import read_features
from phototags.io.logs import start_job
from phototags.io.storage import hash_file
from phototags.photos.photo_table import read_photos
from phototags.search.index import build_index, write_index
from phototags.systems.tagger import load

job = start_job(snakemake)  # noqa: F821

index = build_index(
    load(Path(job.input.model).parent),
    read_features(job.input.features),
    read_photos(job.input.photos),
    pd.read_parquet(job.input.tags),
    job.wildcards.corpus,
    hash_file(job.input.model),
    job.params.blacklist,
    *job.input.zero_shot,
)
write_index(index, job.output.vectors, job.output.table)
