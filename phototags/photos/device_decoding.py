"""Decode images on the device that uses them: a GPU's own decoder relieves the processor."""

import functools
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor

from phototags.photos.colour_profiles import find_transform
from phototags.photos.decoding import choose_reduction, decode
from phototags.photos.inspection import inspect_image, is_plain_jpeg
from phototags.photos.metadata import read_orientation, split_metadata

MAX_BATCH_PIXELS = 1 << 26  # decoded together, 200 MB

log = logging.getLogger(__name__)


class Jpeg(NamedTuple):
    """An image that any decoder takes, within the caps.

    Args:
        content: (n,) uint8, the file. pixels: that it will have.
    """

    content: Tensor
    pixels: int


def load_jpeg(content: bytes, max_pixels: int, max_bytes: int) -> Jpeg | None:
    """Load an image for a device to decode; None for what the processor decodes better.

    Raises:
        PhotoError: the reasons of `inspect_image`: caps hold before any decoder sees the image.
    """
    info = inspect_image(content, max_pixels, max_bytes)
    if (
        info.format != "jpg"
        or not is_plain_jpeg(content)
        or choose_reduction(info, max_pixels, None) > 1
    ):
        return None
    content, metadata = split_metadata(content, info)
    if read_orientation(metadata) != 1 or find_transform(metadata):
        return None
    encoded = torch.frombuffer(bytearray(content), dtype=torch.uint8)
    return Jpeg(encoded, info.width * info.height)


def decode_jpegs(jpegs: Sequence[Jpeg], device: torch.device | str) -> Iterator[Tensor]:
    """Decode the images in their order, (3, H, W) uint8 on the device, a few at a time.

    A GPU's decoder, nvJPEG, widens the colours of neighbouring pixels in another way than the
    processor's: at sharp edges between colours single pixels differ by tens of 255.

    Raises:
        PhotoError: an image cannot be decoded.
    """
    from torchvision.io import ImageReadMode, decode_jpeg

    for batch in split_by_pixels(jpegs):
        encoded = [one.content for one in batch]
        try:
            yield from decode_jpeg(encoded, ImageReadMode.RGB, device)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:  # one bad image, or a torchvision without nvJPEG
            warn_once(f"the processor decodes what {device} does not: {error}")
            for one in batch:
                content = one.content.numpy().tobytes()
                yield decode(content, one.pixels, len(content)).to(device)


def split_by_pixels(jpegs: Sequence[Jpeg]) -> Iterator[list[Jpeg]]:
    """Split into runs of at most MAX_BATCH_PIXELS together, or one image that has more."""
    batch: list[Jpeg] = []
    for one in jpegs:
        if batch and sum(other.pixels for other in batch) + one.pixels > MAX_BATCH_PIXELS:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


@contextmanager
def use_side_stream(device: torch.device) -> Iterator[None]:
    """Work on a GPU while it trains: in a stream of its own, with memory of its own.

    torchvision lets nvJPEG write from a stream that waits for no other, into memory of the stream
    that asked. In the training's stream that may be memory that a step still reads.
    """
    if device.type != "cuda":
        yield
        return
    own = _side_stream(device)
    own.synchronize()
    with torch.cuda.stream(own):
        yield
    torch.cuda.current_stream(device).wait_stream(own)


@functools.cache
def _side_stream(device: torch.device) -> "torch.cuda.Stream":
    return torch.cuda.Stream(device)


@functools.cache
def warn_once(message: str) -> None:
    """Log a warning, the same one only once."""
    log.warning(message)
