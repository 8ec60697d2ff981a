"""Batches of images, decoded by threads ahead of the step that needs them."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor

from phototags.photos.device_decoding import use_side_stream
from phototags.systems.parts.tagged_photos import Batch
from phototags.training.batch_loader import BatchLoader, EpochSample
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
        sample = self.sample_epoch(generator)
        seeds = torch.randint(2**62, (len(sample.photos),), generator=generator)
        return self.prefetch(epoch, skip, sample, seeds)

    def prefetch(
        self, epoch: int, skip: int, sample: EpochSample, seeds: Tensor
    ) -> Iterator[Batch]:
        """The batches of an epoch after the first `skip`, each crop by its photo's seed."""
        size = self.settings.batch_size
        pool = ThreadPoolExecutor(self.threads, "decode", torch.set_num_threads, (1,))
        pending: deque[tuple[int, list[int], list[Future]]] = deque()
        try:
            for start in range(skip * size, len(seeds), size):
                own = seeds[start : start + size].tolist()
                futures = self.submit(pool, sample.photos[start : start + size].tolist(), own)
                pending.append((start, own, futures))
                if len(pending) > PREFETCH:
                    start, *ready = pending.popleft()
                    yield self.make_batch(sample, start, self.collect(*ready), epoch)
            while pending:
                start, *ready = pending.popleft()
                yield self.make_batch(sample, start, self.collect(*ready), epoch)
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

    def collect(self, seeds: list[int], futures: list[Future]) -> Tensor:
        """Wait for the images of a batch, a seed each, and stack them."""
        images, own = [one.result() for one in futures], self.own_part(len(seeds))
        if self.device is None:
            return self.stack(images, len(seeds))
        with use_side_stream(self.device):
            images = self.images.finish_on_device(images, seeds[own], self.device)
            pixels = self.stack(images, len(seeds))
        if pixels.is_cuda:
            pixels.record_stream(torch.cuda.current_stream(self.device))
        return pixels

    def stack(self, images: Sequence[Tensor], photos: int) -> Tensor:
        """(B, 3, S, S) uint8, the own images in their places, the others black."""
        shape = photos, 3, self.images.size, self.images.size
        pin_memory = self.pin_memory and self.device is None
        pixels = torch.zeros(shape, dtype=torch.uint8, device=self.device, pin_memory=pin_memory)
        for place, image in zip(range(photos)[self.own_part(photos)], images, strict=True):
            pixels[place] = image
        return pixels
