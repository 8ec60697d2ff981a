"""Batches of pictures, decoded ahead of the step that wants them."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from phototags.photos.device_decoding import use_side_stream
from phototags.systems.parts.tagged_photos import Batch
from phototags.training.batch_loader import BatchLoader
from phototags.training.images import Pictures

AHEAD = 3  # batches that are decoded before they are asked for


@dataclass(frozen=True, eq=False)
class ImageLoader(BatchLoader):
    """A feed whose batches have pixels, (B, 3, S, S) uint8, in the place of features.

    Crops are drawn from a seed for each photo, so threads change nothing.

    Args:
        pictures: of the feed's photos, by their numbers.
        loaders: threads that decode.
        device: decodes, crops and mirrors in the place of the threads, which then only read; None
            leaves it to them. pinned: what they bring lies where a GPU can fetch it meanwhile.
        part: of how many photos which are wanted, the others stay black: where several
            processes share a batch, each decodes its own.
    """

    pictures: Pictures | None = None
    loaders: int = 2
    device: torch.device | None = None
    pinned: bool = False
    part: Callable[[int], slice] = lambda photos: slice(0, photos)

    def batches(self, epoch: int, generator: torch.Generator, skip: int = 0) -> Iterator[Batch]:
        """One epoch, as a feed's; what is left out is not decoded."""
        tags, order = self.sample_epoch(generator)
        seeds = torch.randint(2**62, (len(order),), generator=generator)
        return self.decoded(epoch, skip, tags, order, seeds)

    def decoded(
        self, epoch: int, skip: int, tags: Tensor, order: Tensor, seeds: Tensor
    ) -> Iterator[Batch]:
        """The batches of an epoch after the first `skip`, each crop by its photo's seed."""
        wanted = zip(order.split(self.batch_size), seeds.split(self.batch_size), strict=True)
        pool = ThreadPoolExecutor(self.loaders, "decode", torch.set_num_threads, (1,))
        coming: deque[tuple[Tensor, list[int], list[Future]]] = deque()
        shown, all_of_them = min(skip * self.batch_size, len(order)), max(len(order), 1)
        try:
            for which, of in islice(wanted, skip, None):
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
        own, pictures = self.part(len(which)), self.pictures
        bring = pictures.cropped if self.device is None else pictures.begun
        pairs = zip(which[own], seeds[own], strict=True)
        return [pool.submit(bring, photo, seed) for photo, seed in pairs]

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
        pictures, own = [one.result() for one in under_way], self.part(len(which))
        if self.device is None:
            pixels = self.placed(pictures, len(which))
        else:
            with use_side_stream(self.device):
                pictures = self.pictures.finished(pictures, seeds[own], self.device)
                pixels = self.placed(pictures, len(which))
            if pixels.is_cuda:
                pixels.record_stream(torch.cuda.current_stream(self.device))
        return Batch(which, pixels, tags[which], epoch, share)

    def placed(self, pictures: Sequence[Tensor], photos: int) -> Tensor:
        """(B, 3, S, S) uint8, the own pictures in their places, the others' black."""
        shape = photos, 3, self.pictures.size, self.pictures.size
        pinned = self.pinned and self.device is None
        pixels = torch.zeros(shape, dtype=torch.uint8, device=self.device, pin_memory=pinned)
        for place, one in zip(range(photos)[self.part(photos)], pictures, strict=True):
            pixels[place] = one
        return pixels
