"""Pack the usable images of packaged corpora into shards, and list the others."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from phototags.errors import PhotoError
from phototags.photos.archives import Archive
from phototags.photos.inspection import ImageInfo, inspect_image, refuse_above
from phototags.photos.photo_table import PACKED, Drop
from phototags.photos.private_metadata import blank_private
from phototags.photos.removals import Removals, drop_removed
from phototags.photos.shards import write_shard
from phototags.photos.svg_rendering import render_svg

RENDERED_SIDE = 1024  # pixels; more than any backbone looks at
STEP = "pack_photos"


class PhotoFile(NamedTuple):
    """The file that a reader found for one listed photo.

    Args:
        row, photo_id: of the listing.
        content: the image file's bytes, cut one byte after the cap; None when it is missing.
        svg: the same image as SVG, for when the caps refuse the content.
    """

    row: int
    photo_id: str
    content: bytes | None
    svg: bytes | None = None


def read_photo_files(
    listing: pd.DataFrame, max_bytes: int, *archives: Archive
) -> Iterator[PhotoFile]:
    """Read the listed photos' files, each from the first of the archives that has it.

    Args:
        listing: columns row, photo_id, file (a name in an archive).
    """
    for photo in listing.itertuples():
        read = (archive.read(photo.file, max_bytes) for archive in archives)
        content = next((one for one in read if one is not None), None)
        yield PhotoFile(photo.row, photo.photo_id, content)


def pack_photos(
    files: Iterable[PhotoFile],
    shard: Path | str,
    *,
    max_pixels: int,
    max_bytes: int,
    removals: Removals | None = None,
    keep_exif: bool = False,
) -> tuple[pd.DataFrame, list[Drop]]:
    """Write the usable images to a shard, unchanged but for what they say of people.

    What the caps refuse is rendered from its SVG where there is one.

    Args:
        removals: images with these bytes are left out.
        keep_exif: whether places and serial numbers stay (`private_metadata.blank_private`).

    Returns:
        row, file, sha256 (of the file as it came), width, height of what is in the shard; and the
        drops.
    """
    rows, drops, removals = [], [], removals or Removals()
    with write_shard(shard) as writer:
        for photo in files:
            try:
                content, info = _load_usable(photo, max_pixels, max_bytes)
            except PhotoError as error:
                drops.append(Drop(STEP, photo.photo_id, error.reason, str(error)))
                continue
            if content in removals:
                drops.append(drop_removed(STEP, photo.row))
                continue
            packed = content if keep_exif else blank_private(content, info)
            member = writer.add(photo.row, info.format, len(packed), io.BytesIO(packed))
            digest = hashlib.sha256(content).hexdigest()
            rows.append((photo.row, member.file, digest, info.width, info.height))
    return pd.DataFrame(rows, columns=PACKED.names), drops


def _load_usable(photo: PhotoFile, max_pixels: int, max_bytes: int) -> tuple[bytes, ImageInfo]:
    """Return the bytes to pack and their format and size, or raise why there are none."""
    if photo.content is None:
        raise PhotoError("missing", "listed, but the corpus has no such picture file")
    try:
        info = inspect_image(photo.content, max_pixels, max_bytes)
        if photo.svg is not None:  # sharper than pixels that would be reduced
            refuse_above(max_pixels, "a picture that can be drawn", info.width, info.height)
        return photo.content, info
    except PhotoError as refusal:
        if photo.svg is None or refusal.reason not in ("too_many_pixels", "too_many_bytes"):
            raise
        try:
            rendered = render_svg(photo.svg, RENDERED_SIDE)
            return rendered, inspect_image(rendered, max_pixels, max_bytes)
        except PhotoError as error:
            raise PhotoError(
                refusal.reason, f"{refusal}; nor could it be drawn: {error}"
            ) from error
