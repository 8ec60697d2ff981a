"""Rule `pack_photos`: check the pictures of one shard and pack the usable ones into a tar."""

from pathlib import Path

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.readers import READERS
from phototags.io.logs import start_job
from phototags.io.progress import show_progress
from phototags.params.own_tables import read_own_tables
from phototags.photos.packing import pack_photos
from phototags.photos.photo_table import CREDIT, SHARD, read_photos, write_drops, write_table
from phototags.photos.removals import read_removals

given = start_job(snakemake)  # noqa: F821
inputs, output = given.input, given.output
params, wildcards = given.params, given.wildcards

reader = READERS[find_corpus(wildcards.corpus, read_own_tables(params.tables)).reader]
listing = read_photos(inputs.listing)
shard = listing[listing["row"] // params.shard_photos == int(wildcards.shard)]
found = reader.read_pictures(Path(inputs.sources[0]).parent, shard, params.max_bytes)
packed, drops = pack_photos(
    show_progress(found, "packing pictures", len(shard)),
    output.shard,
    **{cap: params[cap] for cap in ("max_pixels", "max_bytes", "keep_exif")},
    removals=read_removals(inputs.removals),
)
write_table(output.table, packed.merge(shard[["row", *CREDIT]], on="row"), SHARD)
write_drops(output.drops, drops)
