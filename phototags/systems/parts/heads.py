"""Heads: from a photo's features to its embedding."""

from typing import Literal

import torch
from torch import Tensor, nn

Scaling = Literal["root", "length", "none"]


class FeatureScaler(nn.Module):
    """Scales features of any backbone to one size, so that one learning rate suits all.

    `root` takes square roots before the length is set, so that a few strong channels no longer
    outweigh the others (Hellinger's kernel; Arandjelovic & Zisserman, CVPR 2012).

    Every head begins with it, so it also moves them to the head's device.

    Args:
        scaling: `root` (negative features count as zero), `length`, or `none`.
        width: n.
        length: of the scaled features; None is the root of n, so that their mean square is one.

    >>> FeatureScaler("root", 2)(torch.tensor([[16.0, 0.0]])).tolist()
    [[1.4142135381698608, 0.0]]
    """

    def __init__(self, scaling: Scaling, width: int, length: float | None = None):
        super().__init__()
        self.scaling = scaling
        size = torch.tensor(width**0.5 if length is None else length)
        self.register_buffer("size", size, persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """(B, n) of any float type, on any device, to (B, n) float32 on the head's."""
        features = features.to(self.size, non_blocking=True)
        if self.scaling == "none":
            return features
        if self.scaling == "root":
            features = features.clamp_min(0).sqrt()
        return nn.functional.normalize(features) * self.size


def make_head(
    width: int,
    layers: list[int],
    scaling: Scaling,
    dropout: float,
    generator: torch.Generator,
    length: float | None = None,
) -> nn.Sequential:
    """Make a head: scaling, then linear layers with ReLU between and dropout before each.

    Args:
        width: n, features a photo.
        layers: the layers' widths; the last is D. Without layers the head only scales, D = n,
            and the dropout stands before whatever follows.
        length: of the scaled features, as FeatureScaler's.

    Returns:
        a module (B, n) -> (B, D).
    """
    head: list[nn.Module] = [FeatureScaler(scaling, width, length)]
    for level, width_out in enumerate(layers):
        head += [nn.ReLU()] * (level > 0) + [Dropout(dropout, generator)]
        head.append(make_linear(width, width_out, generator))
        width = width_out
    return nn.Sequential(*head, *([] if layers else [Dropout(dropout, generator)]))


def make_linear(width_in: int, width_out: int, generator: torch.Generator) -> nn.Linear:
    """Make a layer with torch's own initialisation, uniform in +-1 / sqrt(width_in), but drawn from
    the generator.
    """
    layer, bound = nn.utils.skip_init(nn.Linear, width_in, width_out), max(width_in, 1) ** -0.5
    with torch.no_grad():
        for values in (layer.weight, layer.bias):
            values.uniform_(-bound, bound, generator=generator)
    return layer


class Dropout(nn.Module):
    """Dropout that draws from a generator of its own.

    torch's dropout draws from the global generator, so that what a process did before would
    change the weights.

    Args:
        share: in [0, 1), the probability of a zero; the rest is scaled up by 1 / (1 - share).
        part: where several processes share a batch, the rows of this one and the size of the
            batch: each draws for all rows, so that their generators stay equal.
    """

    def __init__(self, share: float, generator: torch.Generator):
        super().__init__()
        self.share, self.generator = share, generator
        self.part: tuple[slice, int] | None = None

    def forward(self, inputs: Tensor) -> Tensor:
        """Any shape to the same shape; unchanged in evaluation."""
        if not self.training or not self.share:
            return inputs
        rows, of = self.part or (slice(None), len(inputs))
        mask = torch.empty(of, *inputs.shape[1:])
        mask = mask.bernoulli_(1 - self.share, generator=self.generator)[rows]
        return inputs * mask.div_(1 - self.share).to(inputs.device)
