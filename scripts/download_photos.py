"""Rule `download_photos`: download the photos of one shard that are not there yet."""

from phototags.download.download_photos import download_photos
from phototags.io.logs import start_job
from phototags.params.download import Download
from phototags.photos.photo_table import CREDIT, SHARD, read_photos, write_drops, write_table
from phototags.photos.removals import read_removals

given = start_job(snakemake)  # noqa: F821
inputs, output = given.input, given.output
params, wildcards = given.params, given.wildcards

listing = read_photos(inputs.listing)
shard = listing[listing["row"] // params.shard_photos == int(wildcards.shard)]
had, drops = download_photos(
    shard,
    f"data/downloads/{wildcards.corpus}/{wildcards.shard}",
    output.shard,
    output.downloads,
    Download.model_validate_json(params.settings),
    max_pixels=params.max_pixels,
    max_bytes=params.max_bytes,
    licences=params.licences,
    removals=read_removals(inputs.removals),
    keep_exif=params.keep_exif,
)
write_table(output.table, had.merge(shard[["row", *CREDIT]], on="row"), SHARD)
write_drops(output.drops, drops)
