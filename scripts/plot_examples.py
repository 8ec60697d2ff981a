"""Rule `plot_examples`: draw a contact sheet of test photos with their predicted tags."""

import pandas as pd

from phototags.io.logs import start_job
from phototags.photos.photo_table import read_photos
from phototags.report.figures.examples import collect_examples, plot_examples

given = start_job(snakemake)  # noqa: F821

plot_examples(
    collect_examples(
        read_photos(given.input.photos),
        pd.read_parquet(given.input.tags),
        pd.read_parquet(given.input.predictions),
        given.input.shards,
    ),
    given.output.figure,
)
