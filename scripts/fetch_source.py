"""Rule `fetch_source`: fetch one file of a corpus, from the mirror or its publisher."""

import os
from pathlib import Path

from phototags.corpora.corpus_registry import find_sources
from phototags.download.sources import fetch_source
from phototags.io.logs import start_job
from phototags.io.storage import write_json
from phototags.params.own_tables import read_own_tables

given = start_job(snakemake)  # noqa: F821
output, wildcards = given.output, given.wildcards
tables = read_own_tables(given.params.tables)

sources = {source.file: source for source in find_sources(wildcards.collection, tables)}
receipt = fetch_source(
    sources[Path(output.file).name], output.file, os.environ.get("PHOTOTAGS_MIRROR") or None
)
write_json(output.receipt, receipt)
