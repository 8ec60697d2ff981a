"""Pictures decoded where they are wanted: a GPU's own decoder spares processors that are few."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torchvision.io import ImageReadMode, decode_jpeg

from phototags.photos.headers import inspect, is_plain_jpeg
from phototags.photos.pictures import decode


def ready(content: bytes, max_pixels: int, max_bytes: int) -> Tensor:
    """What is left to do on the device: a JPEG's bytes, (n,) uint8, or (3, H, W), decoded here.

    Only JPEGs that every decoder takes are left to another; its caps hold before it sees them.

    Raises:
        PhotoError: the reasons of `decode`.
    """
    inspect(content, max_pixels, max_bytes)
    if is_plain_jpeg(content):
        return torch.frombuffer(bytearray(content), dtype=torch.uint8)
    return decode(content, max_pixels, max_bytes)


def decoded_on(
    pictures: Sequence[Tensor], device: torch.device | str, max_pixels: int, max_bytes: int
) -> list[Tensor]:
    """Every picture that `ready` gave, (3, H, W) uint8 on the device; its JPEGs in one call.

    On a GPU by nvJPEG, whose pixels differ from the processor's by rounding. A batch with a JPEG
    that it cannot decode is decoded by the processor, which says what is wrong with which.

    Raises:
        PhotoError: a picture cannot be decoded.
    """
    encoded = [one for one in pictures if one.dim() == 1]
    try:
        found = decode_jpeg(encoded, ImageReadMode.RGB, device) if encoded else []
    except RuntimeError:
        found = [decode(one.numpy().tobytes(), max_pixels, max_bytes) for one in encoded]
    jpegs = iter(found)
    return [(next(jpegs) if one.dim() == 1 else one).to(device) for one in pictures]
