"""Rule `view_photos`: give the photos of a corpus the tags of a view of it."""

from phototags.io.logs import start_job
from phototags.photos.collection import view_photos
from phototags.photos.photo_table import read_drops, read_photos, write_drops, write_photos

given = start_job(snakemake)  # noqa: F821

photos, refused = view_photos(
    read_photos(given.input.listing),
    read_photos(given.input.photos),
    read_drops(given.input.photo_drops),
)
write_photos(given.output.photos, photos)
write_drops(given.output.drops, [*read_drops(given.input.listing_drops), *refused])
