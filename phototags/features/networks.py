"""Networks with ImageNet weights, without their last layer: from a pip package or a library."""

import re
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn

from phototags.errors import ModelError
from phototags.features.efficientnet_lite import LITES, Layers, efficientnet_lite

SIZES = range(32, 1025)
"""Pixels a side that a network may be asked to see."""


class Network(NamedTuple):
    """A module (B, 3, size, size) -> (B, D) and the pictures that it was trained on.

    Args:
        module: in evaluation mode.
        size: pixels a side.
        mean: of each of red, green and blue in [0, 1], to be subtracted.
        std: to be divided by.
    """

    module: nn.Module
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def from_package(name: str) -> Network:
    """`efficientnet_liteN` up to its pooled 1280 features, `efficientnet_liteN:layers` with more.

    Mean and std as TensorFlow trained it.

    Raises:
        ModelError: for an unknown name, or when the package is missing or not the known one.
    """
    network, _, layers = name.partition(":")
    known = {f"efficientnet_lite{number}": number for number in LITES}
    if network not in known or layers not in ("", "layers"):
        raise ModelError(
            f"a backbone from a package should be one of {', '.join(known)}, alone or with "
            f"`:layers`, but is {name!r}. Correct embed_photos.backbone in params.yaml."
        )
    module = efficientnet_lite(known[network])
    module.reset_classifier(0)
    size = LITES[known[network]].size
    return Network(Layers(module) if layers else module, size, (0.5,) * 3, (0.5,) * 3)


def from_torchvision(name: str) -> Network:
    """A torchvision network with its default weights, from its cache or by its own download.

    Raises:
        ModelError: for an unknown name, weights that can't be had, or no last linear layer.
    """
    from torchvision import models

    if name not in models.list_models(module=models):
        raise ModelError(
            f"torchvision has no network {name!r}. Names: torchvision.models.list_models()."
        )
    weights = models.get_model_weights(name).DEFAULT
    where = f"{weights.url} (kept in {torch.hub.get_dir()}/checkpoints)"
    module = _fetched(f"torchvision:{name}", where, lambda: models.get_model(name, weights=weights))
    linear = [key for key, part in module.named_modules() if isinstance(part, nn.Linear)]
    if not linear:
        raise ModelError(f"torchvision:{name} has no linear layer to cut off: choose another.")
    module.set_submodule(linear[-1], nn.Identity())
    seen = weights.transforms()
    return Network(module, seen.crop_size[0], tuple(seen.mean), tuple(seen.std))


def from_timm(name: str) -> Network:
    """A timm network with its default weights, from its cache or by its own download.

    Raises:
        ModelError: for an unknown name, or weights that can't be had.
    """
    import timm

    if not timm.is_model(name):
        raise ModelError(f"timm has no network {name!r}. Names: timm.list_models(pretrained=True).")
    module = _fetched(
        f"timm:{name}",
        "the Hugging Face hub (kept in HF_HOME)",
        lambda: timm.create_model(name, pretrained=True, num_classes=0),
    )
    seen = timm.data.resolve_model_data_config(module)
    return Network(module, seen["input_size"][-1], tuple(seen["mean"]), tuple(seen["std"]))


def seeing(network: Network, name: str, size: str) -> Network:
    """The network for photos of another size than it was trained on: half the side, a quarter of
    the time.

    Raises:
        ModelError: `size` is no number of pixels, or the network takes only its own.
    """
    pixels = int(size) if re.fullmatch("[0-9]{2,4}", size) else 0
    if pixels not in SIZES:
        raise ModelError(
            f"behind the @ of {name!r} should stand the pixels a side, {SIZES.start} to "
            f"{SIZES[-1]}, but stands {size!r}. Correct embed_photos.backbone in params.yaml."
        )
    try:
        with torch.inference_mode():
            network.module(torch.zeros(1, 3, pixels, pixels))
    except (AssertionError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"{name} should see photos of {pixels} pixels a side, but: {error}. "
            f"Leave @{size} away: the network takes {network.size}."
        ) from error
    return network._replace(size=pixels)


def _fetched(name: str, where: str, load: Callable[[], nn.Module]) -> nn.Module:
    try:
        return load().eval()
    except Exception as error:  # urllib's, huggingface_hub's and the operating system's own kinds
        raise ModelError(
            f"the weights of {name} come from {where}, but: {type(error).__name__}: {error}. "
            "Run once where there is a network, or take backbone efficientnet_lite0, "
            "whose weights are a pip package."
        ) from error
