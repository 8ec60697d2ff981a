"""Hidden units that fire: a layer whose units are dead has learned next to nothing."""

import torch
from torch import Tensor, nn

MIN_SHARE = 0.5
"""Share of a layer's units that should fire on some photo."""

MAX_PHOTOS = 2_000
"""Photos that are looked at; a unit that fires on none of them fires on few."""


def share_active_units(head: nn.Module, features: Tensor) -> list[float]:
    """Share of the units of each ReLU layer that fire on at least one photo, perfect 1.

    A ReLU whose input is negative on every photo has no gradient and stays dead: a learning rate
    that is too high for the features' length kills most of a layer within an epoch.

    Args:
        head: (B, n) -> (B, D). features: (N, n), of the photos.

    Returns:
        of each layer from first to last; none for a head without hidden layers.

    >>> layer = nn.Linear(1, 2)
    >>> _ = layer.weight.data.copy_(torch.tensor([[1.0], [-1.0]])), layer.bias.data.zero_()
    >>> share_active_units(nn.Sequential(layer, nn.ReLU()), torch.tensor([[2.0], [3.0]]))
    [0.5]
    """
    shares: list[float] = []

    def note(module: nn.Module, inputs: tuple[Tensor], outputs: Tensor) -> None:
        shares.append(float((outputs > 0).any(0).float().mean()))

    layers = [module for module in head.modules() if isinstance(module, nn.ReLU)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    with torch.no_grad():
        head(features[:MAX_PHOTOS])
    for hook in hooks:
        hook.remove()
    return shares
