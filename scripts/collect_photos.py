"""Rule `collect_photos`: collect the usable photos of a corpus, and the dropped ones."""

import pandas as pd

from phototags.io.logs import start_job
from phototags.photos.collection import collect_photos
from phototags.photos.photo_table import (
    PACKED,
    SHARD,
    read_drops,
    read_photos,
    read_table,
    write_drops,
    write_photos,
)

given = start_job(snakemake)  # noqa: F821
inputs, output = given.input, given.output

packed = pd.concat([read_table(table, SHARD) for table in inputs.tables])[PACKED.names]
unpacked = [drop for drops in inputs.drops for drop in read_drops(drops)]
listing, licences = read_photos(inputs.listing), given.params.licences
photos, refused = collect_photos(listing, packed, unpacked, licences)
write_photos(output.photos, photos)
write_drops(output.drops, [*read_drops(inputs.listing_drops), *unpacked, *refused])
