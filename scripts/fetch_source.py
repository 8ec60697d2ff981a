"""Rule `fetch_source`: fetch one file of a corpus, from the mirror or its publisher."""

import os
from pathlib import Path

from phototags.corpora.corpus_registry import find_sources
from phototags.download.sources import fetch_source
from phototags.io.logs import configure_logging
from phototags.io.storage import write_json
from phototags.params.own_tables import read_own_tables

configure_logging(snakemake.log[0])  # noqa: F821
output, wildcards = snakemake.output, snakemake.wildcards  # noqa: F821
tables = read_own_tables(snakemake.params.tables)  # noqa: F821

sources = {source.file: source for source in find_sources(wildcards.collection, tables)}
receipt = fetch_source(
    sources[Path(output.file).name], output.file, os.environ.get("PHOTOTAGS_MIRROR") or None
)
write_json(output.receipt, receipt)
