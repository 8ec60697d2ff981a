"""Rule `collect_photos`: collect the usable photos of a corpus, and the dropped ones."""

from phototags.io.logs import start_job
from phototags.photos.collection import collect_corpus

given = start_job(snakemake)  # noqa: F821
inputs, output, params = given.input, given.output, given.params

collect_corpus(
    inputs.listing,
    inputs.listing_drops,
    inputs.tables,
    inputs.drops,
    shard_photos=params.shard_photos,
    licences=params.licences,
    photos=output.photos,
    dropped=output.drops,
)
