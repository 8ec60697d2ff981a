"""Pictures decoded where they are wanted: a GPU's own decoder spares processors that are few."""

import functools
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor
from torchvision.io import ImageReadMode, decode_jpeg

from phototags.photos.headers import inspect, is_plain_jpeg
from phototags.photos.pictures import decode

AT_ONCE = 1 << 26  # pixels decoded together, 200 MB

log = logging.getLogger(__name__)


class Jpeg(NamedTuple):
    """A picture that any decoder takes, within the caps.

    Args:
        content: (n,) uint8, the file. pixels: that it will have.
    """

    content: Tensor
    pixels: int


def jpeg_of(content: bytes, max_pixels: int, max_bytes: int) -> Jpeg | None:
    """A picture to be decoded on a device; None for what the processor decodes better.

    Raises:
        PhotoError: the reasons of `inspect`: caps hold before any decoder sees the picture.
    """
    picture = inspect(content, max_pixels, max_bytes)
    if not is_plain_jpeg(content):
        return None
    encoded = torch.frombuffer(bytearray(content), dtype=torch.uint8)
    return Jpeg(encoded, picture.width * picture.height)


def decoded_on(jpegs: Sequence[Jpeg], device: torch.device | str) -> Iterator[Tensor]:
    """The pictures in their order, (3, H, W) uint8 on the device, a few at a time.

    A GPU's decoder, nvJPEG, widens the colours of neighbouring pixels in another way than the
    processor's: at sharp edges between colours single pixels differ by tens of 255.

    Raises:
        PhotoError: a picture cannot be decoded.
    """
    for some in pieces(jpegs):
        encoded = [one.content for one in some]
        try:
            yield from decode_jpeg(encoded, ImageReadMode.RGB, device)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:  # one bad picture, or a torchvision without nvJPEG
            tell_once(f"the processor decodes what {device} does not: {error}")
            for one in some:
                content = one.content.numpy().tobytes()
                yield decode(content, one.pixels, len(content)).to(device)


def pieces(jpegs: Sequence[Jpeg]) -> Iterator[list[Jpeg]]:
    """Consecutive ones, together at most AT_ONCE pixels, or one that has more."""
    piece: list[Jpeg] = []
    for one in jpegs:
        if piece and sum(other.pixels for other in piece) + one.pixels > AT_ONCE:
            yield piece
            piece = []
        piece.append(one)
    if piece:
        yield piece


@contextmanager
def beside(device: torch.device) -> Iterator[None]:
    """Work on a GPU while it learns: in a stream of its own, with memory of its own.

    torchvision lets nvJPEG write from a stream that waits for no other, into memory of the stream
    that asked. In the training's stream that may be memory that a step still reads.
    """
    if device.type != "cuda":
        yield
        return
    own = stream_of(device)
    own.synchronize()
    with torch.cuda.stream(own):
        yield
    torch.cuda.current_stream(device).wait_stream(own)


@functools.cache
def stream_of(device: torch.device) -> "torch.cuda.Stream":
    """That of `beside`."""
    return torch.cuda.Stream(device)


@functools.cache
def tell_once(message: str) -> None:
    """A warning, the same one no second time."""
    log.warning(message)
