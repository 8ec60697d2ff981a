"""Rule `collect_photos`: collect the usable photos of a corpus, and the dropped ones."""

import pandas as pd

from phototags.io.logs import configure_logging
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

configure_logging(snakemake.log[0])  # noqa: F821
inputs, output = snakemake.input, snakemake.output  # noqa: F821

packed = pd.concat([read_table(table, SHARD) for table in inputs.tables])[PACKED.names]
unpacked = [drop for drops in inputs.drops for drop in read_drops(drops)]
listing, licences = read_photos(inputs.listing), snakemake.params.licences  # noqa: F821
photos, refused = collect_photos(listing, packed, unpacked, licences)
write_photos(output.photos, photos)
write_drops(output.drops, [*read_drops(inputs.listing_drops), *unpacked, *refused])
