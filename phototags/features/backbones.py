"""Frozen networks that turn photos into features, by name."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from phototags.errors import ModelError
from phototags.features.folding import fold_batch_norms
from phototags.features.pretrained import Network, from_package, from_timm, from_torchvision


@dataclass(frozen=True, eq=False)
class Backbone:
    """A frozen network in evaluation mode.

    Args:
        name: `efficientnet_lite0`, `torchvision:NAME` or `timm:NAME`.
        width: D, features a photo.
        size: pixels a side of the photos that it sees.
        mean: of each of red, green and blue in [0, 1], which is subtracted.
        std: which is divided by.
        module: (B, 3, size, size) float32 -> (B, D); batch normalisations folded.
    """

    name: str
    width: int
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    module: nn.Module


def load_network(name: str) -> Network:
    """The network with its ImageNet weights, as its library gives it.

    Raises:
        ModelError: for an unknown name or weights that can't be had; says how they could.
    """
    library, _, architecture = name.partition(":")
    if name == "efficientnet_lite0":
        return from_package()
    if library == "torchvision" and architecture:
        return from_torchvision(architecture)
    if library == "timm" and architecture:
        return from_timm(architecture)
    raise ModelError(
        "a backbone should be efficientnet_lite0, torchvision:NAME or timm:NAME, but is "
        f"{name!r}. Correct embed_photos.backbone in params.yaml."
    )


def load_backbone(name: str) -> Backbone:
    """The backbone with its ImageNet weights, frozen and quick.

    Raises:
        ModelError: as `load_network`.
    """
    network = load_network(name)
    module = network.module.requires_grad_(False)
    fold_batch_norms(module)
    module = module.to(memory_format=torch.channels_last)  # 1.2 to 1.4 times as fast on CPUs
    with torch.inference_mode():
        features = module(torch.zeros(1, 3, network.size, network.size))
    if features.dim() != 2:
        raise ModelError(
            f"{name} should give (B, D) features, but gives {tuple(features.shape)}. "
            "Choose a network that pools its last layer."
        )
    return Backbone(name, features.shape[1], network.size, network.mean, network.std, module)


@torch.no_grad()
def feature_of(backbone: Backbone, photos: Tensor) -> Tensor:
    """What the backbone sees in photos.

    Args:
        photos: (B, 3, size, size) uint8, RGB.

    Returns:
        (B, D) float32. The last bits may depend on B, never on the other photos.
    """
    scale = 1 / (255 * torch.tensor(backbone.std)).view(3, 1, 1)
    shift = (torch.tensor(backbone.mean) / torch.tensor(backbone.std)).view(3, 1, 1)
    seen = photos.float().mul_(scale).sub_(shift)
    return backbone.module(seen.contiguous(memory_format=torch.channels_last)).float()
