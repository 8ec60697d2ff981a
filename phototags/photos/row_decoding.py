"""Decode large PNG, TIFF and WebP files at a fraction of their size, a few rows at a time.

libvips reads rows as they come and shrinks them at once, so that memory is bounded by the size of
the result. Where a file must be decoded whole first, `reads_by_rows` says no.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from phototags.errors import PhotoError
from phototags.photos.pillow import open_image

if TYPE_CHECKING:
    from PIL.Image import Image

LOADERS = {"png": "pngload_buffer", "tif": "tiffload_buffer", "webp": "webpload_buffer"}
TILE_WIDTH, TILE_LENGTH, PLANES = 322, 323, 284
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
SPACES = ("b-w", "grey16", "srgb", "rgb16", "cmyk")


def reads_by_rows(body: BinaryIO, format: str, max_pixels: int) -> bool:
    """Whether an inspected file's rows come in order and in pieces of at most `max_pixels`.

    Not those of an interlaced PNG, a lossless WebP, a TIFF of separate planes or huge tiles.
    """
    body.seek(0)
    if format == "png":
        return body.read(29)[-1] == 0
    if format == "webp":
        return _find_frame(body) == b"VP8 "
    if format == "tif":
        with open_image(body, format) as image:
            width, length, planes = (
                image.tag_v2.get(tag, 1) for tag in (TILE_WIDTH, TILE_LENGTH, PLANES)
            )
        return planes == 1 and width * length <= max_pixels
    return False


def _find_frame(body: BinaryIO) -> bytes:
    """The name of a WebP's first chunk of pixels: `VP8 ` with losses, `VP8L` without."""
    at = 12
    while True:
        body.seek(at)
        head = body.read(8)
        if len(head) < 8 or head[:4] in (b"VP8 ", b"VP8L", b"ANIM"):
            return head[:4]
        at += 8 + (size := struct.unpack("<I", head[4:])[0]) + size % 2


def shrink_rows(content: bytes, format: str, reduction: int) -> Image:
    """Decode an image as stored, its sides divided by `reduction`, in 8 bits a channel.

    Returns:
        a Pillow image of mode L, LA, RGB, RGBA or CMYK.

    Raises:
        PhotoError: `undecodable` for pixels of another kind.
    """
    import pyvips
    from PIL import Image

    pyvips.cache_set_max(0)
    options = {"scale": 1 / reduction} if format == "webp" else {}
    load = getattr(pyvips.Image, LOADERS[format])
    rows = load(content, access="sequential", fail_on="error", **options)
    if rows.format == "ushort":
        rows = (rows >> 8).cast("uchar")
    if rows.format != "uchar" or rows.interpretation not in SPACES or rows.bands not in MODES:
        what = f"{rows.bands} channels of {rows.format} in {rows.interpretation}"
        raise PhotoError("undecodable", f"a {format} of {what} cannot be reduced")
    if format != "webp":
        rows = _shrink(rows, reduction)
    mode = "CMYK" if rows.interpretation == "cmyk" else MODES[rows.bands]
    return Image.frombytes(mode, (rows.width, rows.height), rows.write_to_memory())


def _shrink(rows, reduction: int):
    """Average squares of `reduction` pixels a side; transparent ones count as little as seen."""
    if not rows.hasalpha():
        return rows.shrink(reduction, reduction, ceil=True).cast("uchar")
    shrunk = rows.premultiply().shrink(reduction, reduction, ceil=True)
    return shrunk.unpremultiply().cast("uchar")
