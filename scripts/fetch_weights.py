"""Rule `fetch_weights`: fetch a published checkpoint as data."""

from pathlib import Path

from phototags.io.logs import start_job
from phototags.weights.fetch import fetch_weights

given = start_job(snakemake)  # noqa: F821
fetch_weights(given.wildcards.checkpoint, Path(given.output.model).parent)
