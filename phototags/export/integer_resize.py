"""torch's antialiased resizing of uint8 photos, to the bit, by operations that ONNX has.

ONNX' own Resize rounds otherwise: a hundredth of the pixels differ by one or two of 255, which
CLIP's features show. torch (as Pillow) filters rows, then columns, by weights that are rounded to
16-bit integers, and rounds after each: `aten/src/ATen/native/cpu/UpSampleKernel.cpp`.
"""

import torch
from torch import Tensor

SUPPORTS = {"bilinear": 1, "bicubic": 2}
"""Pixels to each side that an interpolation weighs when it enlarges."""
MAX_PRECISION = 22  # bits of a weight's fraction
A = -0.5  # of the cubic of Keys (1981), as Pillow's


def resize_exactly(photos: Tensor, size: int, interpolation: str) -> Tensor:
    """Resize (B, C, H, W) uint8 to (B, C, size, size) uint8, as `resize_to_square` resizes one."""
    values = photos.double()
    columns = weigh_pixels(photos.shape[3], size, interpolation)
    values = round_sums(values @ columns[0].T, columns[1])
    rows = weigh_pixels(photos.shape[2], size, interpolation)
    return round_sums(rows[0] @ values, rows[1]).to(torch.uint8)


def round_sums(sums: Tensor, unit: Tensor) -> Tensor:
    """Divide sums of integer weights by their unit, round halves up, and clip to [0, 255]."""
    return ((sums + unit / 2) / unit).floor().clamp(0, 255)


def weigh_pixels(pixels: int, size: int, interpolation: str) -> tuple[Tensor, Tensor]:
    """Weights of a line's pixels for each pixel of the resized line.

    Returns:
        (size, pixels) float64, integers; and () float64, a power of two: what stands for one.
    """
    positions = torch.arange(pixels, dtype=torch.float64)
    scale = (positions[-1] + 1) / size  # above 1 when the line shrinks
    stretch = scale.clamp_min(1)
    centres = (scale * (torch.arange(size, dtype=torch.float64) + 0.5))[:, None]
    support = SUPPORTS[interpolation] * stretch
    first = (centres - support + 0.5).clamp_min(0).floor()
    last = (centres + support + 0.5).floor()
    inside = (positions >= first) & (positions < last)
    weights = filter_distances((positions - centres + 0.5) / stretch, interpolation) * inside
    weights = weights / weights.sum(1, keepdim=True)
    powers = 2.0 ** torch.arange(1, MAX_PRECISION + 1, dtype=torch.float64)
    fits = (0.5 + weights.max() * powers).floor() < 1 << 15
    unit = 2.0 ** fits.double().sum()
    return (weights.abs() * unit + 0.5).floor() * weights.sign(), unit


def filter_distances(distances: Tensor, interpolation: str) -> Tensor:
    """The filter's value at distances in (stretched) pixels: a triangle, or Keys' cubic."""
    x = distances.abs()
    if interpolation == "bilinear":
        return (1 - x).clamp_min(0)
    near = ((A + 2) * x - (A + 3)) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * A
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
