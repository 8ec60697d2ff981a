"""From a picture file's bytes to pixels, within caps that hold whatever the file claims."""

import io

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torchvision.io import ImageReadMode, decode_jpeg

from phototags.errors import PhotoError
from phototags.photos.headers import Picture, check_pixels, inspect

__all__ = ["Picture", "decode", "inspect"]

FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}


def decode(content: bytes, max_pixels: int, max_bytes: int) -> Tensor:
    """The picture as it is meant to be seen: turned upright, transparent put on white.

    Of an animation the first frame. A JPEG damaged inside, its end mark in place, decodes to
    what is left of it: decoders can't tell. JPEG by torchvision (the same pixels as Pillow in two
    thirds of the time), the rest by Pillow.

    Returns:
        (3, H, W) uint8, RGB.

    Raises:
        PhotoError: the reasons of `inspect`; `undecodable` for damage inside.
    """
    picture = inspect(content, max_pixels, max_bytes)
    if picture.format == "jpg":
        try:
            encoded = torch.frombuffer(bytearray(content), dtype=torch.uint8)
            return decode_jpeg(encoded, mode=ImageReadMode.RGB, apply_exif_orientation=True)
        except RuntimeError:
            pass  # Pillow knows more kinds of JPEG, and its errors say more
    try:
        return _by_pillow(content, picture.format, max_pixels)
    except PhotoError:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoError("too_many_pixels", str(error)) from error
    except Exception as error:  # a damaged picture raises nearly anything: OSError, SyntaxError...
        raise PhotoError(
            "undecodable", f"the {picture.format} can't be decoded: {type(error).__name__}: {error}"
        ) from error


def _by_pillow(content: bytes, format_: str, max_pixels: int) -> Tensor:
    with Image.open(io.BytesIO(content), formats=[FORMATS[format_]]) as image:
        check_pixels(*image.size, max_pixels)  # a GIF's frame may be larger than its header claims
        image.load()
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would clip to white
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        if image.has_transparency_data:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        pixels = np.array(image.convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()
