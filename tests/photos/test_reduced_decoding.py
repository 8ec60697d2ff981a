"""A large JPEG is decoded at a fraction of its size, and looks the same when it is shrunk."""

import io
import subprocess
import sys

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


@pytest.mark.parametrize(
    ("max_pixels", "shape"), [(480_000, (600, 800)), (479_999, (300, 400)), (60_000, (150, 200))]
)
def test_a_jpeg_of_too_many_pixels_is_reduced_until_they_fit(max_pixels, shape):
    assert decode(make_waves("JPEG"), max_pixels, 10**7).shape == (3, *shape)


def test_two_hundred_megapixels_are_decoded_in_bounded_memory(tmp_path):
    """Of a photo of 16320x12240, as phones write; the pixels alone would take 600 MB."""
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (16320, 12240), (200, 100, 50)).save(photo)
    script = f"""
from phototags.photos.decoding import decode
peak = lambda: int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
decode(open({str(photo)!r}, "rb").read(), 30_000_000, 10**9, 448)
before = peak()
found = decode(open({str(photo)!r}, "rb").read(), 30_000_000, 10**9)
print(*found.shape, *found[:, 9, 9].tolist(), peak() - before)
"""
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    *found, kilobytes = map(int, printed.stdout.split())
    assert found == pytest.approx([3, 3060, 4080, 200, 100, 50], abs=1)
    assert kilobytes < 250_000
