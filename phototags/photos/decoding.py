"""Decode an image file's bytes to pixels, within caps that hold whatever the file claims.

torch, torchvision and Pillow are imported where they decode: listing and packing need none of them.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from phototags.errors import PhotoError, strip_memory_addresses
from phototags.photos.colour_profiles import find_transform
from phototags.photos.file_kinds import has_preview
from phototags.photos.inspection import ImageInfo, check_pixels, find_kind, inspect_image
from phototags.photos.metadata import (
    ORIENTATION,
    Metadata,
    encode_orientation,
    read_orientation,
    split_metadata,
)
from phototags.photos.pillow import open_image
from phototags.photos.pixels import convert_to_rgb, turn_upright
from phototags.photos.raw_previews import extract_preview
from phototags.photos.row_decoding import LOADERS, shrink_rows

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

REDUCTIONS = (1, 2, 4, 8)
"""The sides of an image can be decoded at these fractions; a JPEG's by leaving out frequencies."""


def decode(
    content: bytes,
    max_pixels: int,
    max_bytes: int,
    min_side: int | None = None,
    ignored: Counter[str] | None = None,
) -> Tensor:
    """Decode an image as it is meant to be seen: upright, in sRGB, transparent put on white.

    Of an animation the first frame, of a raw file its JPEG where `file_kinds.reads_raw`. A JPEG
    damaged inside, its end mark in place, decodes to what is left of it: decoders can't tell.
    JPEG by torchvision (the same pixels as Pillow in two thirds of the time), the rest by Pillow.

    Args:
        max_pixels: decoded at most; an image of more is decoded at a fraction of its size, where
            its format can (`inspection.REDUCIBLE`).
        min_side: pixels that each side should keep; a JPEG of twice as many is decoded at a half,
            a quarter or an eighth of its size, which takes a fraction of the time. None decodes
            as many pixels as `max_pixels` allows.
        ignored: counts pictures whose metadata are damaged and therefore change nothing:
            `broken_profile`, `broken_exif`.

    Returns:
        (3, H, W) uint8, RGB.

    Raises:
        PhotoError: the reasons of `inspect_image`; `undecodable` for damage inside.
    """
    if len(content) <= max_bytes and has_preview(find_kind(io.BytesIO(content))):
        content = extract_preview(content)
    info = inspect_image(content, max_pixels, max_bytes)
    damages: set[str] = set()
    try:
        content, metadata = split_metadata(content, info)
        reduction = choose_reduction(info, max_pixels, min_side)
        pixels = _decode_by_torchvision(content, info, reduction, metadata, damages)
        if pixels is None:
            pixels, metadata = _decode_by_pillow(
                content, info, max_pixels, reduction, metadata, damages
            )
        pixels = turn_upright(pixels, read_orientation(metadata, damages))
    except PhotoError:
        raise
    except Exception as error:  # a damaged image raises nearly anything: OSError, SyntaxError...
        found = strip_memory_addresses(f"{type(error).__name__}: {error}")
        what = f"the {info.format} can't be decoded: {found}"
        raise PhotoError("undecodable", what) from error
    if ignored is not None:
        ignored.update(damages)
    return pixels


def choose_reduction(info: ImageInfo, max_pixels: int, min_side: int | None) -> int:
    """Choose by how much the sides of an image are divided when it is decoded: 1, 2, 4 or 8.

    As much as `max_pixels` needs; a JPEG as much more as leaves each side `min_side`.
    """
    area, side = info.width * info.height, min(info.width, info.height)
    needed = next(n for n in REDUCTIONS if n == REDUCTIONS[-1] or area <= n * n * max_pixels)
    if info.format != "jpg":
        return needed
    return max(needed, *(n for n in REDUCTIONS if n == 1 or (min_side and side >= n * min_side)))


def _decode_by_torchvision(
    content: bytes, info: ImageInfo, reduction: int, metadata: Metadata, damages: set[str]
) -> Tensor | None:
    """Decode a JPEG without a colour profile, as stored; None for what Pillow knows better."""
    import torch
    from torchvision.io import ImageReadMode, decode_jpeg

    if info.format != "jpg" or reduction > 1 or find_transform(metadata, damages):
        return None
    try:
        encoded = torch.frombuffer(bytearray(content), dtype=torch.uint8)
        return decode_jpeg(encoded, mode=ImageReadMode.RGB)
    except RuntimeError:
        return None  # Pillow knows more kinds of JPEG, and its errors say more


def _decode_by_pillow(
    content: bytes,
    info: ImageInfo,
    max_pixels: int,
    reduction: int,
    metadata: Metadata,
    damages: set[str],
) -> tuple[Tensor, Mapping]:
    """Decode as stored (a TIFF upright), and add the metadata that Pillow read."""
    import numpy as np
    import torch

    with open_image(io.BytesIO(content), info.format) as image:
        check_pixels(info.format, *image.size, max_pixels)  # a GIF's frame may exceed its header
        image, found = _load(image, content, info, reduction)
        metadata = {**found, **metadata}
        deep = info.format == "png" and content[24] == 16  # bits a channel
        image = convert_to_rgb(image, find_transform(metadata, damages), deep)
        if reduction > 1 and info.format in ("avif", "heic"):
            image = image.reduce(reduction)
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous(), metadata


def _load(
    image: Image.Image, content: bytes, info: ImageInfo, reduction: int
) -> tuple[Image.Image, Mapping]:
    """Load an opened image, by rows where it is to be reduced so, and what stands beside it."""
    if reduction > 1 and info.format in LOADERS:
        beside = image.info
        if info.format == "tif":  # Pillow turns only what it loads itself
            beside = {**beside, "exif": encode_orientation(image.tag_v2.get(ORIENTATION, 1))}
        return shrink_rows(content, info.format, reduction), beside
    if reduction > 1:
        image.draft("RGB", tuple(side // reduction for side in image.size))
    image.load()
    return image, image.info
