"""Rule `collect_photos`: one table of the usable photos, and one of all that were dropped."""

import pandas as pd

from phototags.logs import log_to
from phototags.photos.collection import collect
from phototags.photos.table import (
    PACKED,
    read_drops,
    read_photos,
    read_table,
    write_drops,
    write_photos,
)

log_to(snakemake.log[0])  # noqa: F821
inputs, output = snakemake.input, snakemake.output  # noqa: F821

packed = pd.concat([read_table(table, PACKED) for table in inputs.tables], ignore_index=True)
unpacked = [drop for drops in inputs.drops for drop in read_drops(drops)]
photos, duplicates = collect(read_photos(inputs.listing), packed, unpacked)
write_photos(output.photos, photos)
write_drops(output.drops, [*read_drops(inputs.listing_drops), *unpacked, *duplicates])
