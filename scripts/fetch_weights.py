"""Rule `fetch_weights`: fetch a published checkpoint as data."""

from pathlib import Path

from phototags.io.logs import configure_logging
from phototags.weights.fetch import fetch_weights

configure_logging(snakemake.log[0])  # noqa: F821
fetch_weights(snakemake.wildcards.checkpoint, Path(snakemake.output.model).parent)  # noqa: F821
