"""Check the tensors of a stranger's tagger before anything is allocated or computed by them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Shape = tuple[str | int, ...]
"""Of a tensor: numbers, or letters that stand for the same number wherever they occur."""


def check_tensors(
    tensors: Mapping[str, Tensor], shapes: Mapping[str, Shape], sizes: Mapping[str, int | None]
) -> None:
    """Refuse tensors that are missing, of another shape than expected, or not finite.

    Args:
        shapes: of the tensors by name; tensors without a shape here only have to be finite.
        sizes: known sizes by letter, such as T tags and n features; None where unknown.

    Raises:
        ValueError: naming the tensor, with the shape expected and found.
    """
    known = {letter: size for letter, size in sizes.items() if size is not None}
    for name, shape in shapes.items():
        if name not in tensors:
            raise ValueError(f"the tensor {name} is missing")
        found = tuple(tensors[name].shape)
        if len(found) == len(shape):
            for letter, size in zip(shape, found, strict=True):
                if isinstance(letter, str):
                    known.setdefault(letter, size)
        expected = tuple(known.get(one, one) if isinstance(one, str) else one for one in shape)
        if found != expected:
            raise ValueError(f"the tensor {name} should have the shape {expected}, but has {found}")
    for name, tensor in tensors.items():
        if tensor.is_complex() or (tensor.is_floating_point() and not tensor.isfinite().all()):
            raise ValueError(f"the tensor {name} should hold finite numbers, but does not")


def check_layers(tensors: Mapping[str, Tensor], widths: list[int]) -> None:
    """Refuse layers that are wider than the tensors can fill, before they are allocated.

    Args:
        widths: of the inputs and of each layer's outputs.

    Raises:
        ValueError: when the layers need more numbers than there are.
    """
    held = sum(tensor.numel() for tensor in tensors.values())
    needed = sum(width_in * width_out for width_in, width_out in pairwise(widths))
    if min(widths) < 1 or len(widths) > len(tensors) + 2 or needed > held:
        raise ValueError(
            f"layers of the widths {str(widths)[:80]} need {needed} numbers, but it has {held}"
        )
