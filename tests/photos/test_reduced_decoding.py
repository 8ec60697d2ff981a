"""A large JPEG is decoded at a fraction of its size, and looks the same when it is shrunk."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms.v2.functional import resize

from phototags.photos.decoding import decode

LIMITS = 10**7, 10**7


def make_waves(format: str, width: int = 800, height: int = 600) -> bytes:
    across, down = np.meshgrid(np.linspace(0, 12, width), np.linspace(0, 9, height))
    waves = [np.sin(across), np.cos(down), np.sin(across + down)]
    pixels = np.uint8(127 + 100 * np.stack(waves, -1))
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format)
    return content.getvalue()


@pytest.mark.parametrize(
    "min_side, shape", [(301, (600, 800)), (300, (300, 400)), (80, (150, 200))]
)
def test_each_side_keeps_min_side_pixels(min_side, shape):
    photo = decode(make_waves("JPEG"), *LIMITS, min_side)
    assert photo.shape == (3, *shape)


def test_the_reduced_photo_looks_like_the_full_one():
    full, reduced = (decode(make_waves("JPEG"), *LIMITS, side) for side in (None, 80))
    small = [resize(photo, [60, 80], antialias=True).float() for photo in (full, reduced)]
    assert torch.allclose(*small, atol=3)


def test_other_formats_keep_their_size():
    assert decode(make_waves("PNG"), *LIMITS, 80).shape == (3, 600, 800)
