"""The pictures that a training sees: whole to be judged by, cropped anew to be learned from."""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from phototags.features.embed_photos import squeeze
from phototags.photos.decoding import decode
from phototags.photos.device_decoding import Jpeg, decode_jpegs, load_jpeg
from phototags.photos.shards import ShardIndex
from phototags.systems.parts.tagged_photos import TaggedPhotos

TRIES = 10  # to find a crop inside the picture


@dataclass(frozen=True, eq=False)
class Pictures:
    """The picture of each photo, by its number.

    Args:
        rows: N rows of the photo table.
        lookup: finds their bytes. max_pixels, max_bytes: the caps of `decode`.
        size: S, pixels a side.
        least: in (0, 1], the smallest share of a picture's area that training may see.
    """

    rows: Sequence[int]
    lookup: ShardIndex
    max_pixels: int
    max_bytes: int
    size: int
    least: float = 0.35

    def whole(self, photo: int) -> Tensor:
        """(3, S, S) uint8, the whole picture, as features are made from it.

        Raises:
            PhotoError: it cannot be decoded; embed_photos lists those, so leave them out.
        """
        return squeeze(self.decoded(photo), self.size)

    def cropped(self, photo: int, seed: int) -> Tensor:
        """(3, S, S) uint8, a part of the picture, half the time mirrored."""
        return self.crop(self.decoded(photo), seed)

    def crop(self, picture: Tensor, seed: int) -> Tensor:
        """The same of a decoded picture, on the device where it is."""
        chance = random.Random(seed)
        place = crop_of(*picture.shape[1:], self.least, chance)
        seen = functional.resized_crop(picture, *place, [self.size] * 2, antialias=True)
        return functional.horizontal_flip(seen) if chance.random() < 0.5 else seen

    def decoded(self, photo: int) -> Tensor:
        """(3, H, W) uint8."""
        return decode(self.content(photo), self.max_pixels, self.max_bytes)

    def content(self, photo: int) -> bytes:
        """Of the picture's file."""
        return self.lookup.read(self.rows[photo], self.max_bytes)

    def begun(self, photo: int, seed: int) -> Jpeg | Tensor:
        """What a thread does for a device: it reads a JPEG, and crops what only it can decode."""
        jpeg = load_jpeg(self.content(photo), self.max_pixels, self.max_bytes)
        return jpeg or self.cropped(photo, seed)

    def finished(
        self, begun: Sequence[Jpeg | Tensor], seeds: Sequence[int], device: torch.device
    ) -> list[Tensor]:
        """What `cropped` gives of each, (3, S, S) uint8, decoded and cropped on the device."""
        jpegs = decode_jpegs([one for one in begun if isinstance(one, Jpeg)], device)
        return [
            self.crop(next(jpegs), seed) if isinstance(one, Jpeg) else one.to(device)
            for one, seed in zip(begun, seeds, strict=True)
        ]


def pictures_of(
    parts: Iterable[TaggedPhotos],
    shards: Iterable[Path | str],
    max_pixels: int,
    max_bytes: int,
    size: int,
) -> list[Pictures]:
    """The pictures of each part's photos; what cannot be decoded has no features and is in none.

    Args:
        parts: with the rows of the photo table. shards: of the same corpus.

    Raises:
        ArchiveError: when a shard is missing or damaged.
    """
    lookup = ShardIndex(shards)
    return [Pictures(part.rows, lookup, max_pixels, max_bytes, size) for part in parts]


def crop_of(
    height: int, width: int, least: float, chance: random.Random
) -> tuple[int, int, int, int]:
    """Top, left, height, width of a part of a picture, at least one pixel of it.

    Inception's crops (Szegedy et al., CVPR 2015): the share of the area is uniform in
    [least, 1], the aspect log-uniform in [3/4, 4/3]; the whole picture when none fits.
    """
    for _ in range(TRIES):
        area = height * width * chance.uniform(least, 1)
        aspect = math.exp(chance.uniform(math.log(3 / 4), math.log(4 / 3)))
        wide, high = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < wide <= width and 0 < high <= height:
            return chance.randint(0, height - high), chance.randint(0, width - wide), high, wide
    return 0, 0, height, width
