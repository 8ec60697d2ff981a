"""Batches of pictures, cropped anew each epoch, decoded ahead of the step that wants them."""

import math
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from phototags.features.embedding import squeeze
from phototags.photos.lookup import Lookup
from phototags.photos.on_device import decoded_on, ready
from phototags.photos.pictures import decode
from phototags.training.feed import Batch, Feed
from phototags.training.photos import TaggedPhotos

AHEAD = 3  # batches that are decoded before they are asked for
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

    rows: list[int]
    lookup: Lookup
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

    def ready(self, photo: int) -> Tensor:
        """As far as it is brought before `cropped_on`: a JPEG's bytes, or decoded."""
        return ready(self.content(photo), self.max_pixels, self.max_bytes)

    def cropped_on(
        self, device: torch.device, pictures: Sequence[Tensor], seeds: Sequence[int]
    ) -> list[Tensor]:
        """What `cropped` gives of each, (3, S, S) uint8, from what is `ready`, made there."""
        decoded = decoded_on(pictures, device, self.max_pixels, self.max_bytes)
        return [self.crop(one, seed) for one, seed in zip(decoded, seeds, strict=True)]


def pictures_of(
    parts: Iterable[TaggedPhotos],
    rows: Mapping[str, int],
    shards: Iterable[Path | str],
    max_pixels: int,
    max_bytes: int,
    size: int,
) -> list[Pictures]:
    """The pictures of each part's photos; what cannot be decoded has no features and is in none.

    Args:
        rows: of the photo table, by photo id. shards: of the same corpus.

    Raises:
        ArchiveError: when a shard is missing or damaged.
    """
    lookup, numbers = Lookup(shards), [[rows[photo] for photo in part.ids] for part in parts]
    return [Pictures(of, lookup, max_pixels, max_bytes, size) for of in numbers]


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


@dataclass(frozen=True, eq=False)
class PhotoFeed(Feed):
    """A feed whose batches have pixels, (B, 3, S, S) uint8, in the place of features.

    Crops are drawn from a seed for each photo, so threads change nothing.

    Args:
        pictures: of the feed's photos, by their numbers.
        loaders: threads that decode.
        device: decodes, crops and mirrors in the place of the threads, which then only read; None
            leaves it to them.
        part: of how many photos which are wanted, the others stay black: where several
            processes share a batch, each decodes its own.
    """

    pictures: Pictures | None = None
    loaders: int = 2
    device: torch.device | None = None
    part: Callable[[int], slice] = lambda photos: slice(0, photos)

    def batches(self, epoch: int, generator: torch.Generator, learned: int = 0) -> Iterator[Batch]:
        """One epoch, as a feed's; what is left out is not decoded."""
        tags, order = self.shown(generator)
        seeds = torch.randint(2**62, (len(order),), generator=generator)
        return self.decoded(epoch, learned, tags, order, seeds)

    def decoded(
        self, epoch: int, learned: int, tags: Tensor, order: Tensor, seeds: Tensor
    ) -> Iterator[Batch]:
        """The batches of an epoch after the first `learned`, each crop by its photo's seed."""
        wanted = zip(order.split(self.batch), seeds.split(self.batch), strict=True)
        pool = ThreadPoolExecutor(self.loaders, "decode", torch.set_num_threads, (1,))
        coming: deque[tuple[Tensor, list[int], list[Future]]] = deque()
        shown, all_of_them = min(learned * self.batch, len(order)), max(len(order), 1)
        try:
            for which, of in islice(wanted, learned, None):
                coming.append((which, of.tolist(), self.started(pool, which.tolist(), of.tolist())))
                if len(coming) > AHEAD:
                    shown += len(coming[0][0])
                    yield self.arrived(*coming.popleft(), tags, epoch, shown / all_of_them)
            while coming:
                shown += len(coming[0][0])
                yield self.arrived(*coming.popleft(), tags, epoch, shown / all_of_them)
        finally:
            pool.shutdown(cancel_futures=True)

    def started(self, pool: ThreadPoolExecutor, which: list[int], seeds: list[int]) -> list[Future]:
        """Pictures of the own part of a batch, under way as far as threads bring them."""
        own = self.part(len(which))
        if self.device is not None:
            return [pool.submit(self.pictures.ready, photo) for photo in which[own]]
        pairs = zip(which[own], seeds[own], strict=True)
        return [pool.submit(self.pictures.cropped, photo, seed) for photo, seed in pairs]

    def arrived(
        self,
        which: Tensor,
        seeds: list[int],
        under_way: list[Future],
        tags: Tensor,
        epoch: int,
        share: float,
    ) -> Batch:
        """The batch, when all its pictures are there."""
        size, own = self.pictures.size, self.part(len(which))
        pictures = [one.result() for one in under_way]
        if self.device is not None:
            pictures = self.pictures.cropped_on(self.device, pictures, seeds[own])
        where = {"device": self.device, "pin_memory": self.pinned}
        pixels = torch.zeros(len(which), 3, size, size, dtype=torch.uint8, **where)
        for place, one in zip(range(len(which))[own], pictures, strict=True):
            pixels[place] = one
        return Batch(which, pixels, tags[which], epoch, share)

    @property
    def pinned(self) -> bool:
        """Whether batches lie where a GPU can fetch them while it computes."""
        return self.device is None and torch.cuda.is_available()
