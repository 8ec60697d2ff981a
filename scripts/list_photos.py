"""Rule `list_photos`: what a corpus says of its photos, in the one schema of all corpora."""

from pathlib import Path

from phototags.corpora.readers import READERS
from phototags.corpora.registry import check_count, corpus, tables_of
from phototags.logs import log_to
from phototags.photos.table import write_drops, write_photos

log_to(snakemake.log[0])  # noqa: F821
inputs, output = snakemake.input, snakemake.output  # noqa: F821
tables = tables_of(snakemake.params.tables)  # noqa: F821

known = corpus(snakemake.wildcards.corpus, tables)  # noqa: F821
wordnet = Path(inputs.wordnet) if inputs.get("wordnet") else None
listing, drops = READERS[known.reader].list_photos(Path(inputs.sources[0]).parent, wordnet)
check_count(known, len(listing) + len(drops))
write_photos(output.listing, listing)
write_drops(output.drops, drops)
