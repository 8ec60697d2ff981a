"""Rule `fetch_source`: one file of a corpus, from the mirror or from where it is published."""

import os
from pathlib import Path

from phototags.corpora.corpus_registry import sources_of, tables_of
from phototags.download.sources import fetch
from phototags.io.logs import configure_logging
from phototags.io.storage import write_json

configure_logging(snakemake.log[0])  # noqa: F821
output, wildcards = snakemake.output, snakemake.wildcards  # noqa: F821
tables = tables_of(snakemake.params.tables)  # noqa: F821

sources = {source.file: source for source in sources_of(wildcards.collection, tables)}
receipt = fetch(
    sources[Path(output.file).name], output.file, os.environ.get("PHOTOTAGS_MIRROR") or None
)
write_json(output.receipt, receipt)
