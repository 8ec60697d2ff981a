"""From pictures of any size to features, one row a photo; what can't be decoded is listed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from phototags.errors import PhotoError
from phototags.features.backbones import Backbone, Joined, feature_of, joined
from phototags.features.perceptual_hash import perceptual_hash
from phototags.io.cpu import refuse_slow_bf16
from phototags.io.progress import show_progress
from phototags.photos.decoding import decode
from phototags.photos.photo_table import Drop
from phototags.photos.shards import read_members

STEP = "embed_photos"
Precision = Literal["fp32", "bf16"]
Seen = tuple[Tensor, ...]
"""One picture, (3, size, size) uint8 for each part of a backbone."""


class Embedded(NamedTuple):
    """A shard's features.

    Args:
        rows: (n,) int64, of the photo table, ascending.
        features: (n, D) float32.
        hashes: (n,) int64, perceptual hashes of the squeezed pictures.
        drops: the photos that could not be decoded.
    """

    rows: Tensor
    features: Tensor
    hashes: Tensor
    drops: list[Drop]


def squeeze(picture: Tensor, size: int) -> Tensor:
    """The whole picture on a square, antialiased: nothing at the border is cut off.

    Args:
        picture: (3, H, W) uint8.

    Returns:
        (3, size, size) uint8.
    """
    return functional.resize(picture, [size, size], antialias=True)


def squeezed(picture: Tensor, backbone: Backbone | Joined) -> Seen:
    """The picture as each part of the backbone sees it."""
    return tuple(squeeze(picture, part.size) for part in backbone.parts)


def embed_pictures(
    backbone: Backbone | Joined,
    pictures: Sequence[Tensor],
    *,
    batch: int = 32,
    precision: Precision = "fp32",
) -> Tensor:
    """Features of a few decoded pictures, at most `batch` at a time.

    Args:
        pictures: (3, H, W) uint8 each, of any size.

    Returns:
        (n, D) float32; equal to the cached features of the same pictures up to rounding.

    Raises:
        ParamsError: bf16 where the processor has no instructions for it.
    """
    photos = (squeezed(picture, backbone) for picture in pictures)
    parts = [_forward(backbone, chunk, precision) for chunk in _chunks(photos, batch)]
    return torch.cat([torch.zeros(0, backbone.width), *parts])


def embed_shard(
    tar: Path | str,
    photo_ids: Mapping[int, str],
    backbone: Backbone | Joined,
    *,
    batch: int,
    precision: Precision,
    max_pixels: int,
    max_bytes: int,
) -> Embedded:
    """Features of the photos of one shard.

    The last batch is filled up, so every photo passes through the same kernels and its
    features depend neither on its neighbours nor on its place.

    Args:
        photo_ids: by row; other members of the tar are passed over.

    Raises:
        ArchiveError: the tar is damaged.
        ParamsError: bf16 where the processor has no instructions for it.
    """
    rows, hashes, parts, drops = [], [], [torch.zeros(0, backbone.width)], []

    def photos() -> Iterator[Seen]:
        for row, content in show_progress(read_members(tar), STEP):
            if row not in photo_ids:
                continue
            try:
                picture = decode(content, max_pixels, max_bytes)
            except PhotoError as error:
                drops.append(Drop(STEP, photo_ids[row], error.reason, str(error)))
                continue
            rows.append(row)
            seen = squeezed(picture, backbone)
            hashes.append(perceptual_hash(seen[0]))
            yield seen

    for chunk in _chunks(photos(), batch):
        blank = tuple(torch.zeros_like(seen) for seen in chunk[0])
        full = chunk + [blank] * (batch - len(chunk))
        parts.append(_forward(backbone, full, precision)[: len(chunk)])
    numbers = [torch.tensor(of, dtype=torch.int64) for of in (rows, hashes)]
    return Embedded(numbers[0], torch.cat(parts), numbers[1], drops)


def _chunks(photos: Iterable[Seen], batch: int) -> Iterator[list[Seen]]:
    photos = iter(photos)
    while chunk := list(islice(photos, batch)):
        yield chunk


def _forward(backbone: Backbone | Joined, photos: list[Seen], precision: Precision) -> Tensor:
    if precision == "bf16":
        refuse_slow_bf16()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        sizes = zip(backbone.parts, zip(*photos, strict=True), strict=True)
        return joined([feature_of(part, torch.stack(seen)) for part, seen in sizes])
