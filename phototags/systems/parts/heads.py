"""From a photo's frozen features to its embedding."""

from typing import Literal

import torch
from torch import Tensor, nn

Scaling = Literal["root", "length", "none"]


class Scaled(nn.Module):
    """Features of any backbone brought to one size, so that one learning rate fits all.

    `root` takes square roots before the length is set: a few strong channels then no longer
    drown the others (Hellinger's kernel; Arandjelovic & Zisserman, CVPR 2012).

    Every head begins with it, so it also brings them to where the head is.

    Args:
        scaling: `root` (negative features count as zero), `length`, or `none`.
        width: n; the scaled features have a mean square of one.

    >>> Scaled("root", 2)(torch.tensor([[16.0, 0.0]])).tolist()
    [[1.4142135381698608, 0.0]]
    """

    def __init__(self, scaling: Scaling, width: int):
        super().__init__()
        self.scaling = scaling
        self.register_buffer("size", torch.tensor(width**0.5), persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """(B, n) of any float type, on any device, to (B, n) float32 on the head's."""
        features = features.to(self.size, non_blocking=True)
        if self.scaling == "none":
            return features
        if self.scaling == "root":
            features = features.clamp_min(0).sqrt()
        return nn.functional.normalize(features) * self.size


def make_head(
    width: int, layers: list[int], scaling: Scaling, dropout: float, generator: torch.Generator
) -> nn.Sequential:
    """Scaling, then linear layers with ReLU between and dropout before each.

    Args:
        width: n, features a photo.
        layers: the layers' widths; the last is D. Without layers the head only scales, D = n,
            and the dropout stands before whatever follows.

    Returns:
        a module (B, n) -> (B, D).
    """
    head: list[nn.Module] = [Scaled(scaling, width)]
    for level, to in enumerate(layers):
        head += [nn.ReLU()] * (level > 0) + [Dropout(dropout, generator)]
        head.append(linear(width, to, generator))
        width = to
    return nn.Sequential(*head, *([] if layers else [Dropout(dropout, generator)]))


def linear(width: int, to: int, generator: torch.Generator) -> nn.Linear:
    """torch's own start, uniform in +-1 / sqrt(width), but from the generator."""
    layer, reach = nn.utils.skip_init(nn.Linear, width, to), max(width, 1) ** -0.5
    with torch.no_grad():
        for values in (layer.weight, layer.bias):
            values.uniform_(-reach, reach, generator=generator)
    return layer


class Dropout(nn.Module):
    """Zeroes a share of its inputs while training, drawn from the generator it was given.

    torch's own draws from a global generator, and then what else a process did before changes
    the weights.

    Args:
        share: in [0, 1), the probability of a zero; the rest is scaled up by 1 / (1 - share).
        part: the rows given of how many in all, where several processes share them: each draws
            for all, so that all their generators stay alike.
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
        kept = torch.empty(of, *inputs.shape[1:])
        kept = kept.bernoulli_(1 - self.share, generator=self.generator)[rows]
        return inputs * kept.div_(1 - self.share).to(inputs.device)
