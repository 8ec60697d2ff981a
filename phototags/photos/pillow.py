"""Open image files by Pillow, one format at a time and under our own caps."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {
    "png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF", "tif": "TIFF",
    "heic": "HEIF",
}  # fmt: skip
"""Pillow's name of each format that is read."""


def open_image(body: BinaryIO, format: str) -> Image:
    """Open an image that must have this format; nothing is decoded yet.

    Pillow's own cap, a constant, is switched off: `inspection` has looked at the size before.
    """
    from PIL import Image

    if format == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None
    return Image.open(body, formats=[FORMATS[format]])
