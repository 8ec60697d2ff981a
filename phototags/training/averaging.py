"""Weights averaged over the last steps: what training wobbles about."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import torch
from torch import nn


class MovingAverage:
    """An exponential moving average of a module's weights (Polyak & Juditsky, 1992).

    Steps on a few drawn tags are noisy, and so is the validation mAP of rare tags; the average
    is what the noise is around, and it is judged and kept instead.

    Args:
        module: its weights are followed as they change in place.
        share: in [0, 1), how much of the average a step keeps; less in the first steps, so
            that the start is soon forgotten. 0 is the weights themselves, which costs nothing.
        still: names of the weights that no step moves, which may be a table of gigabytes.
    """

    def __init__(self, module: nn.Module, share: float, still: Collection[str] = ()):
        weights = module.state_dict()
        self.weights = {name: values for name, values in weights.items() if name not in still}
        self.share, self.steps = share, 0
        self.averages = copied(self.weights) if share else self.weights

    def take(self) -> None:
        """Take the weights after a step into the average."""
        self.steps += 1
        if not self.share:
            return
        share = min(self.share, (1 + self.steps) / (10 + self.steps))
        for name, values in self.weights.items():
            if values.is_floating_point():
                self.averages[name].lerp_(values, 1 - share)
            else:  # how often a normalisation was seen has no average
                self.averages[name].copy_(values)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The module holds the average inside the block, and its own weights again after it."""
        if not self.share:
            yield
            return
        own = copied(self.weights)
        put(self.averages, self.weights)
        try:
            yield
        finally:
            put(own, self.weights)


def copied(weights: dict) -> dict:
    """Tensors of their own, under the same names."""
    return {name: values.clone() for name, values in weights.items()}


@torch.no_grad()
def put(values: dict, weights: dict) -> None:
    """Change weights in place, so that whoever holds them sees it."""
    for name, place in weights.items():
        place.copy_(values[name])
