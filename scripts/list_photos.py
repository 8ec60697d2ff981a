"""Rule `list_photos`: what a corpus says of its photos, in the one schema of all corpora."""

from pathlib import Path

from phototags.corpora.listing import list_corpus
from phototags.corpora.registry import corpus, tables_of
from phototags.logs import log_to
from phototags.photos.table import write_drops, write_photos

log_to(snakemake.log[0])  # noqa: F821
inputs, output, params = snakemake.input, snakemake.output, snakemake.params  # noqa: F821
name = snakemake.wildcards.corpus  # noqa: F821

known = corpus(name, tables_of(params.tables), {name: params.sample})
listing, drops = list_corpus(
    known,
    Path(inputs.sources[0]).parent,
    Path(inputs.wordnet) if inputs.get("wordnet") else None,
    user_ids=params.user_ids,
    salt=params.salt,
)
write_photos(output.listing, listing)
write_drops(output.drops, drops)
