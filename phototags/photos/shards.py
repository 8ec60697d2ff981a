"""Pictures that can be used go into tars of a fixed number of listed photos; the rest is listed."""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from phototags.errors import PhotoError
from phototags.io.storage import atomic_write
from phototags.photos.archives import Archive, read_members
from phototags.photos.drawing import draw_svg
from phototags.photos.headers import Picture, inspect
from phototags.photos.removals import Removals, removed
from phototags.photos.table import PACKED, Drop
from phototags.photos.zips import Zip

__all__ = ["DRAWN_SIDE", "Found", "found_in", "pack", "read_members"]

DRAWN_SIDE = 1024  # pixels; more than any backbone looks at
STEP = "pack_photos"
NOTHING = Removals()


class Found(NamedTuple):
    """What a reader found for one listed photo.

    Args:
        row: of the listing.
        photo_id: of the listing.
        content: the picture file's bytes, cut one byte after the cap; None when it is missing.
        drawing: the same picture as SVG, for when the caps refuse the content.
    """

    row: int
    photo_id: str
    content: bytes | None
    drawing: bytes | None = None


def found_in(listing: pd.DataFrame, max_bytes: int, *archives: Archive | Zip) -> Iterator[Found]:
    """The listed photos' pictures, each from the first of the archives that has its file.

    Args:
        listing: columns row, photo_id, file (a name in an archive).
    """
    for photo in listing.itertuples():
        held = (archive.read(photo.file, max_bytes) for archive in archives)
        content = next((one for one in held if one is not None), None)
        yield Found(photo.row, photo.photo_id, content)


def pack(
    found: Iterable[Found],
    shard: Path | str,
    *,
    max_pixels: int,
    max_bytes: int,
    removals: Removals = NOTHING,
) -> tuple[pd.DataFrame, list[Drop]]:
    """Write the usable pictures, unchanged, to a tar with members `{row:08d}.{format}`.

    The same pictures give the same bytes. What the caps refuse is drawn from its SVG where
    there is one.

    Args:
        removals: pictures with these bytes are left out.

    Returns:
        row, file, sha256, width, height of what is in the tar; and the drops.
    """
    rows, drops = [], []
    with atomic_write(shard) as part, tarfile.open(part, "w", format=tarfile.USTAR_FORMAT) as tar:
        for photo in found:
            try:
                content, picture = _usable(photo, max_pixels, max_bytes)
            except PhotoError as error:
                drops.append(Drop(STEP, photo.photo_id, error.reason, str(error)))
                continue
            if content in removals:
                drops.append(removed(STEP, photo.row))
                continue
            name = f"{photo.row:08d}.{picture.format}"
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
            digest = hashlib.sha256(content).hexdigest()
            file = f"{Path(shard).name}/{name}"
            rows.append((photo.row, file, digest, picture.width, picture.height))
    return pd.DataFrame(rows, columns=PACKED.names), drops


def _usable(photo: Found, max_pixels: int, max_bytes: int) -> tuple[bytes, Picture]:
    """The bytes to keep and what their header says.

    Raises:
        PhotoError: why the photo can't be used.
    """
    if photo.content is None:
        raise PhotoError("missing", "listed, but the corpus has no such picture file")
    try:
        return photo.content, inspect(photo.content, max_pixels, max_bytes)
    except PhotoError as refused:
        if photo.drawing is None or refused.reason not in ("too_many_pixels", "too_many_bytes"):
            raise
        try:
            drawn = draw_svg(photo.drawing, DRAWN_SIDE)
            return drawn, inspect(drawn, max_pixels, max_bytes)
        except PhotoError as error:
            raise PhotoError(
                refused.reason, f"{refused}; nor could it be drawn: {error}"
            ) from error
