"""An exponential moving average of the weights, which is evaluated and kept in their place."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import torch
from torch import nn


class MovingAverage:
    """An exponential moving average of a module's weights (Polyak & Juditsky, 1992).

    Steps on a few sampled tags are noisy, and so is the validation mAP of rare tags; averaging
    removes much of that noise. Unlike torch.optim.swa_utils it leaves out frozen weights, copies
    nothing when it is off, and changes the module's own tensors in place.

    Args:
        module: its weights are followed as they change in place.
        decay: in [0, 1), share of the average that a step keeps; less in the first steps, so
            that the initial weights are soon forgotten. 0 is the weights themselves, at no cost.
        frozen: names of the weights that no step changes, which may be a table of gigabytes.
    """

    def __init__(self, module: nn.Module, decay: float, frozen: Collection[str] = ()):
        weights = module.state_dict()
        self.weights = {name: values for name, values in weights.items() if name not in frozen}
        self.decay, self.steps = decay, 0
        self.averages = clone_tensors(self.weights) if decay else self.weights

    def update(self) -> None:
        """Add the weights after a step to the average."""
        self.steps += 1
        if not self.decay:
            return
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for name, values in self.weights.items():
            if values.is_floating_point():
                self.averages[name].lerp_(values, 1 - decay)
            else:  # the batch counter of a normalisation has no average
                self.averages[name].copy_(values)

    @contextmanager
    def swap_in(self) -> Iterator[None]:
        """The module has the averages inside the block, and its own weights again after it."""
        if not self.decay:
            yield
            return
        own = clone_tensors(self.weights)
        copy_tensors(self.averages, self.weights)
        try:
            yield
        finally:
            copy_tensors(own, self.weights)


def clone_tensors(tensors: dict) -> dict:
    """Copy tensors, under the same names."""
    return {name: values.clone() for name, values in tensors.items()}


@torch.no_grad()
def copy_tensors(source: dict, target: dict) -> None:
    """Overwrite the tensors of `target` in place, so that the module that owns them changes."""
    for name, values in target.items():
        values.copy_(source[name])
