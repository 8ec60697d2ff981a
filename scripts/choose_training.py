"""Rule `choose_training`: take near-duplicates of test photos out of the training part."""

import pandas as pd

from phototags.features.duplicates import SPLIT, read_duplicates, remove_duplicates
from phototags.io.logs import start_job
from phototags.params.contamination import Contamination
from phototags.photos.photo_table import write_drops, write_table

given = start_job(snakemake)  # noqa: F821
settings = Contamination.model_validate_json(given.params.settings)

split, drops = pd.read_parquet(given.input.split), []
if settings.remove:
    split, drops = remove_duplicates(split, map(read_duplicates, given.input.duplicates))
write_table(given.output.split, split, SPLIT)
write_drops(given.output.drops, drops)
