"""Resizing by operations that ONNX has equals torch's own to the bit."""

import pytest
import torch

from phototags.export.integer_resize import resize_exactly
from phototags.features.embed_photos import resize_to_square

SHAPES = [(1, 1), (5, 300), (32, 32), (128, 192), (301, 77), (1200, 900)]


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_is_torchs_resizing_to_the_bit(shape, interpolation):
    generator = torch.Generator().manual_seed(sum(shape))
    noise = torch.randint(0, 256, (2, 3, *shape), generator=generator, dtype=torch.uint8)
    stripes = (torch.arange(shape[1]) // 7 % 2 * 255).to(torch.uint8).expand(3, *shape)
    for size in (32, 224):
        made = resize_exactly(torch.stack([*noise, stripes]), size, interpolation)
        for photo, one in zip([*noise, stripes], made, strict=True):
            assert torch.equal(one, resize_to_square(photo, size, interpolation))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_a_photo_of_the_networks_size_stays_as_it_is(interpolation):
    photos = torch.arange(3 * 32 * 32).to(torch.uint8).view(1, 3, 32, 32)
    assert torch.equal(resize_exactly(photos, 32, interpolation), photos)
