"""Compute features of photos of any size; photos that cannot be decoded are listed."""

import io
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import imagehash
import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.v2 import functional

from phototags.errors import PhotoError
from phototags.features.backbones import (
    Backbone,
    JoinedBackbone,
    concatenate_features,
    extract_features,
)
from phototags.io.progress import show_progress
from phototags.photos.decoding import decode
from phototags.photos.photo_table import Drop
from phototags.photos.shards import read_members

STEP = "embed_photos"
REDUCED_QUALITY = 90  # of the JPEG that a reduced photo becomes
log = logging.getLogger(__name__)
Inputs = tuple[Tensor, ...]
"""One photo, (3, size, size) uint8 for each part of a backbone."""


class ShardFeatures(NamedTuple):
    """A shard's features.

    Args:
        rows: (n,) int64, of the photo table, ascending.
        features: (n, D) float32.
        hashes: (n,) int64, perceptual hashes of the resized photos.
        drops: the photos that could not be decoded.
    """

    rows: Tensor
    features: Tensor
    hashes: Tensor
    drops: list[Drop]


def resize_to_square(photo: Tensor, size: int, interpolation: str = "bilinear") -> Tensor:
    """Resize the whole photo to a square, antialiased, without cropping.

    Args:
        photo: (3, H, W) uint8.
        interpolation: bilinear or bicubic.

    Returns:
        (3, size, size) uint8.
    """
    mode = functional.InterpolationMode(interpolation)
    return functional.resize(photo, [size, size], mode, antialias=True)


def reduce_width(photo: Tensor, width: int | None) -> Tensor:
    """Reduce a (3, H, W) uint8 photo to at most `width` columns, in its own shape, as JPEG.

    Small photos come as JPEGs: their blocks and colours of half the resolution move features too.

    >>> reduce_width(torch.zeros(3, 30, 60, dtype=torch.uint8), 20).shape
    torch.Size([3, 10, 20])
    """
    _, rows, columns = photo.shape
    if width is None or columns <= width:
        return photo
    photo = functional.resize(photo, [max(1, round(rows * width / columns)), width], antialias=True)
    encoded = io.BytesIO()
    image = Image.fromarray(photo.permute(1, 2, 0).contiguous().numpy())
    image.save(encoded, "JPEG", quality=REDUCED_QUALITY)
    return torch.from_numpy(np.array(Image.open(encoded))).permute(2, 0, 1)


def prepare_inputs(photo: Tensor, backbone: Backbone | JoinedBackbone) -> Inputs:
    """Resize a photo for each part of the backbone."""
    return tuple(resize_to_square(photo, part.size, part.interpolation) for part in backbone.parts)


def perceptual_hash(photo: Tensor) -> int:
    """Compute the 64-bit `imagehash.phash`: low frequencies that are above their median.

    It ignores colour. Copies of one image, whatever size and format, differ in a few bits,
    different images in about 32.

    Args:
        photo: (3, H, W) uint8.

    Returns:
        the bits as a signed number, which fits an int64.

    >>> photo = torch.arange(300).view(3, 10, 10).byte()
    >>> perceptual_hash(photo) == perceptual_hash(photo.clone())
    True
    """
    image = Image.fromarray(photo.permute(1, 2, 0).contiguous().numpy())
    bits = np.packbits(imagehash.phash(image).hash.flatten())
    return int(bits.view(">i8")[0])


def refuse_blank(photo: Tensor) -> None:
    """Refuse a picture of one colour, which shows nothing: its tags can be learned by rote only.

    Args:
        photo: (3, H, W) uint8.

    Raises:
        PhotoError: `blank`.
    """
    if torch.equal(photo.amin((1, 2)), photo.amax((1, 2))):
        colour = photo[:, 0, 0].tolist()
        raise PhotoError("blank", f"every pixel is {colour}, in RGB")


def embed_photos(
    backbone: Backbone | JoinedBackbone,
    photos: Iterable[Tensor],
    *,
    batch_size: int = 32,
) -> Tensor:
    """Compute features of decoded photos, at most `batch_size` at a time.

    Args:
        photos: (3, H, W) uint8 each, of any size.

    Returns:
        (n, D) float32; equal to the cached features of the same photos up to rounding.
    """
    inputs = (prepare_inputs(photo, backbone) for photo in photos)
    parts = [_forward(backbone, batch) for batch in _batches(inputs, batch_size)]
    return torch.cat([torch.zeros(0, backbone.width), *parts])


def embed_shard(
    tar: Path | str,
    photo_ids: Mapping[int, str],
    backbone: Backbone | JoinedBackbone,
    *,
    batch_size: int,
    max_pixels: int,
    max_bytes: int,
    width: int | None = None,
) -> ShardFeatures:
    """Compute features of the photos of one shard.

    The last batch is padded, so that every photo passes through the same kernels and its
    features depend neither on its neighbours nor on its place.

    Args:
        photo_ids: by row; other members of the tar are skipped.
        width: pixels to which a wider photo is reduced first, in its own shape.

    Raises:
        ArchiveError: the tar is damaged.
    """
    rows, hashes, parts, drops = [], [], [torch.zeros(0, backbone.width)], []
    ignored: Counter[str] = Counter()

    def read_inputs() -> Iterator[Inputs]:
        for row, content in show_progress(read_members(tar), STEP):
            if row not in photo_ids:
                continue
            try:
                photo = decode(content, max_pixels, max_bytes, ignored=ignored)
                refuse_blank(photo)
            except PhotoError as error:
                drops.append(Drop(STEP, photo_ids[row], error.reason, str(error)))
                continue
            rows.append(row)
            inputs = prepare_inputs(reduce_width(photo, width), backbone)
            hashes.append(perceptual_hash(inputs[0]))
            yield inputs

    for batch in _batches(read_inputs(), batch_size):
        blank = tuple(torch.zeros_like(part) for part in batch[0])
        full = batch + [blank] * (batch_size - len(batch))
        parts.append(_forward(backbone, full)[: len(batch)])
    for damage, photos in sorted(ignored.items()):
        log.info("%s: %s of %d photos ignored", tar, damage.replace("_", " "), photos)
    rows, hashes = (torch.tensor(values, dtype=torch.int64) for values in (rows, hashes))
    return ShardFeatures(rows, torch.cat(parts), hashes, drops)


def embed_sample(
    shards: Iterable[Path | str],
    photos: pd.DataFrame,
    n_photos: int,
    backbone: Backbone | JoinedBackbone,
    **settings,
) -> tuple[Tensor, Tensor]:
    """Compute features of about `n_photos` photos, evenly through the photo table.

    Args:
        shards: all tars of the corpus. settings: of `embed_shard`.

    Returns:
        rows (n,) int64 ascending, and (n, D) float32 features.
    """
    step = max(1, len(photos) // n_photos)
    sample = photos.sort_values("row").iloc[::step]
    ids = dict(zip(sample["row"], sample["photo_id"], strict=True))
    found = [embed_shard(shard, ids, backbone, **settings) for shard in shards]
    rows = torch.cat([shard.rows for shard in found])
    order = rows.argsort()
    return rows[order], torch.cat([shard.features for shard in found])[order]


def _batches(inputs: Iterable[Inputs], batch_size: int) -> Iterator[list[Inputs]]:
    inputs = iter(inputs)
    while batch := list(islice(inputs, batch_size)):
        yield batch


def _forward(backbone: Backbone | JoinedBackbone, inputs: list[Inputs]) -> Tensor:
    pairs = zip(backbone.parts, zip(*inputs, strict=True), strict=True)
    return concatenate_features(
        [extract_features(part, torch.stack(photos)) for part, photos in pairs]
    )
