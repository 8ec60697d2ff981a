"""Collect the photos of a small corpus for tests."""

from phototags.photos import collection
from phototags.photos.photo_blocks import Block


def collect_photos(listing, packed, drops, licences=None):
    """Photos and drops of a corpus that is one block."""
    repeated = packed["sha256"][packed["sha256"].duplicated()]
    (found,) = collection.collect_photos([Block(listing, packed, drops)], licences, repeated)
    return found.photos, [*found.unlicensed, *found.duplicates]
