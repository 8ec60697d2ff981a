"""Batches of images, decoded by threads ahead of the step that needs them."""

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
from phototags.training.images import TrainImages

PREFETCH = 3  # batches that are decoded before they are asked for


@dataclass(frozen=True, eq=False)
class ImageLoader(BatchLoader):
    """A BatchLoader whose batches have pixels, (B, 3, S, S) uint8, in the place of features.

    Each photo's crop has a seed of its own, so the number of threads changes nothing.

    Args:
        images: of the loader's photos, by position.
        threads: that decode.
        device: decodes, crops and mirrors in the place of the threads, which then only read; None
            leaves it to them. pin_memory: of the pixels, for asynchronous copies to a GPU.
        own_part: given a batch's size, the photos of it to decode; the others stay black. Where
            several processes share a batch, each decodes its own.
    """

    images: TrainImages | None = None
    threads: int = 2
    device: torch.device | None = None
    pin_memory: bool = False
    own_part: Callable[[int], slice] = lambda photos: slice(0, photos)

    def batches(self, epoch: int, generator: torch.Generator, skip: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, as a BatchLoader's; skipped ones are not decoded."""
        tags, order = self.sample_epoch(generator)
        seeds = torch.randint(2**62, (len(order),), generator=generator)
        return self.prefetch(epoch, skip, tags, order, seeds)

    def prefetch(
        self, epoch: int, skip: int, tags: Tensor, order: Tensor, seeds: Tensor
    ) -> Iterator[Batch]:
        """The batches of an epoch after the first `skip`, each crop by its photo's seed."""
        wanted = zip(
            order.split(self.settings.batch_size),
            seeds.split(self.settings.batch_size),
            strict=True,
        )
        pool = ThreadPoolExecutor(self.threads, "decode", torch.set_num_threads, (1,))
        pending: deque[tuple[Tensor, list[int], list[Future]]] = deque()
        done, total = min(skip * self.settings.batch_size, len(order)), max(len(order), 1)
        try:
            for indices, own in islice(wanted, skip, None):
                futures = self.submit(pool, indices.tolist(), own.tolist())
                pending.append((indices, own.tolist(), futures))
                if len(pending) > PREFETCH:
                    done += len(pending[0][0])
                    yield self.collect(*pending.popleft(), tags, epoch, done / total)
            while pending:
                done += len(pending[0][0])
                yield self.collect(*pending.popleft(), tags, epoch, done / total)
        finally:
            pool.shutdown(cancel_futures=True)

    def submit(
        self, pool: ThreadPoolExecutor, indices: list[int], seeds: list[int]
    ) -> list[Future]:
        """Start to read or decode the own part of a batch."""
        own, images = self.own_part(len(indices)), self.images
        read = images.random_crop if self.device is None else images.prepare_on_host
        pairs = zip(indices[own], seeds[own], strict=True)
        return [pool.submit(read, photo, seed) for photo, seed in pairs]

    def collect(
        self,
        indices: Tensor,
        seeds: list[int],
        futures: list[Future],
        tags: Tensor,
        epoch: int,
        epoch_fraction: float,
    ) -> Batch:
        """Wait for the images of a batch and stack them."""
        images, own = [one.result() for one in futures], self.own_part(len(indices))
        if self.device is None:
            pixels = self.stack(images, len(indices))
        else:
            with use_side_stream(self.device):
                images = self.images.finish_on_device(images, seeds[own], self.device)
                pixels = self.stack(images, len(indices))
            if pixels.is_cuda:
                pixels.record_stream(torch.cuda.current_stream(self.device))
        return Batch(indices, pixels, tags[indices], epoch, epoch_fraction)

    def stack(self, images: Sequence[Tensor], photos: int) -> Tensor:
        """(B, 3, S, S) uint8, the own images in their places, the others black."""
        shape = photos, 3, self.images.size, self.images.size
        pin_memory = self.pin_memory and self.device is None
        pixels = torch.zeros(shape, dtype=torch.uint8, device=self.device, pin_memory=pin_memory)
        for place, image in zip(range(photos)[self.own_part(photos)], images, strict=True):
            pixels[place] = image
        return pixels
