"""Decode an image file's bytes to pixels, within caps that hold whatever the file claims.

torch, torchvision and Pillow are imported where they decode: listing and packing need none of them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from phototags.errors import PhotoError
from phototags.photos.inspection import check_pixels, inspect_image

if TYPE_CHECKING:
    from torch import Tensor

FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}


def decode(content: bytes, max_pixels: int, max_bytes: int, min_side: int | None = None) -> Tensor:
    """Decode an image as it is meant to be seen: turned upright, transparent put on white.

    Of an animation the first frame. A JPEG damaged inside, its end mark in place, decodes to
    what is left of it: decoders can't tell. JPEG by torchvision (the same pixels as Pillow in two
    thirds of the time), the rest by Pillow.

    Args:
        min_side: pixels that each side should keep; a JPEG of twice as many is decoded at a half,
            a quarter or an eighth of its size, by leaving out frequencies, which takes a fraction
            of the time. None decodes all pixels.

    Returns:
        (3, H, W) uint8, RGB.

    Raises:
        PhotoError: the reasons of `inspect_image`; `undecodable` for damage inside.
    """
    import torch
    from PIL import Image
    from torchvision.io import ImageReadMode, decode_jpeg

    info = inspect_image(content, max_pixels, max_bytes)
    reducible = min_side is not None and min(info.width, info.height) >= 2 * min_side
    if info.format == "jpg" and not reducible:
        try:
            encoded = torch.frombuffer(bytearray(content), dtype=torch.uint8)
            return decode_jpeg(encoded, mode=ImageReadMode.RGB, apply_exif_orientation=True)
        except RuntimeError:
            pass  # Pillow knows more kinds of JPEG, and its errors say more
    try:
        return _decode_by_pillow(content, info.format, max_pixels, min_side)
    except PhotoError:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoError("too_many_pixels", str(error)) from error
    except Exception as error:  # a damaged image raises nearly anything: OSError, SyntaxError...
        raise PhotoError(
            "undecodable", f"the {info.format} can't be decoded: {type(error).__name__}: {error}"
        ) from error


def _decode_by_pillow(content: bytes, format: str, max_pixels: int, min_side: int | None) -> Tensor:
    import numpy as np
    import torch
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=[FORMATS[format]]) as image:
        check_pixels(*image.size, max_pixels)  # a GIF's frame may be larger than its header claims
        if min_side:
            image.draft("RGB", (min_side, min_side))  # of a JPEG; changes no other format
        image.load()
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would clip to white
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        if image.has_transparency_data:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        pixels = np.array(image.convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()
