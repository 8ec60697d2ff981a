"""Networks with ImageNet weights and without their classifier, by name."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from phototags.errors import ModelError, PhototagsError
from phototags.features.clip import load_clip
from phototags.features.efficientnet_lite import LITES, MultiLayer, build_efficientnet_lite
from phototags.features.hub_network import PREFIX, load_hub_network
from phototags.features.published_weights import fetch_checked, tensors_only
from phototags.io.storage import read_tensors
from phototags.weights.checkpoints import CHECKPOINTS

INPUT_SIZES = range(32, 1025)
"""Pixels a side to which photos may be resized."""


class Network(NamedTuple):
    """A module (B, 3, size, size) -> (B, D) and how its photos are normalised.

    Args:
        module: in evaluation mode.
        size: pixels a side.
        mean: of each of red, green and blue in [0, 1], to be subtracted.
        std: to be divided by.
        interpolation: of the resizing.
        bf16: whether bfloat16 serves it: it is faster, and its features stay where they are.
    """

    module: nn.Module
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str = "bilinear"
    bf16: bool = False


def load_network(name: str, learned: Path | str | None = None) -> Network:
    """Load a network with its published weights, as its library gives it.

    Args:
        name: `clip_vit_b16`, `efficientnet_lite0` (1, 2), the same with `:layers`,
            `torchvision:NAME` or `timm:NAME`; each with `@SIZE` behind it where photos are
            resized to another size. Or `hub:OWNER/NAME@REVISION`, a network of timm.
        learned: a tagger's backbone.safetensors, whose weights replace ImageNet's.

    Raises:
        ModelError: for an unknown name or weights that cannot be loaded, with what to do; for a
            file that is missing, damaged or of another network.
    """
    library, at, size = (name, "", "") if name.startswith(PREFIX) else name.partition("@")
    network = load_from_library(library)
    if at:
        network = resize_input(network, name, size)
    if learned:
        load_learned_weights(network, name, learned)
    return network


def load_from_library(name: str) -> Network:
    library, _, architecture = name.partition(":")
    if library.startswith("efficientnet_lite"):
        return load_lite(name)
    if name in CHECKPOINTS and (prepared := CHECKPOINTS[name].preprocessing):
        return Network(load_clip(name), *prepared, bf16=True)
    if name.startswith(PREFIX):
        module, data = load_hub_network(name)
        means = tuple(data["mean"]), tuple(data["std"])
        return Network(module, data["input_size"][-1], *means, data["interpolation"])
    if library == "torchvision" and architecture:
        return load_torchvision(architecture)
    if library == "timm" and architecture:
        return load_timm(architecture)
    raise ModelError(
        "a backbone should be clip_vit_b16, efficientnet_lite0 (1, 2), torchvision:NAME, "
        f"timm:NAME or hub:OWNER/NAME@REVISION, or several with + between, but is {name!r}. "
        "Correct embed_photos.backbone in params.yaml."
    )


def load_lite(name: str) -> Network:
    """Load `efficientnet_liteN` up to its 1280 pooled features, or `efficientnet_liteN:layers`.

    Mean and std as TensorFlow trained it.

    Raises:
        ModelError: for an unknown name, or when the package is missing or has another checksum.
    """
    network, _, layers = name.partition(":")
    known = {f"efficientnet_lite{number}": number for number in LITES}
    if network not in known or layers not in ("", "layers"):
        raise ModelError(
            f"a backbone from a package should be one of {', '.join(known)}, alone or with "
            f"`:layers`, but is {name!r}. Correct embed_photos.backbone in params.yaml."
        )
    module = build_efficientnet_lite(known[network])
    module.reset_classifier(0)
    size = LITES[known[network]].size
    return Network(MultiLayer(module) if layers else module, size, (0.5,) * 3, (0.5,) * 3)


def load_torchvision(name: str) -> Network:
    """Load a torchvision network with its default weights, from its cache or its download.

    Raises:
        ModelError: for an unknown name, weights that cannot be loaded or have another hash than
            their address, or no last linear layer.
    """
    from torchvision import models

    if name not in models.list_models(module=models):
        raise ModelError(
            f"torchvision has no network {name!r}. Names: torchvision.models.list_models()."
        )
    weights = models.get_model_weights(name).DEFAULT
    source = f"{weights.url} (kept in {torch.hub.get_dir()}/checkpoints)"

    def load() -> nn.Module:
        fetch_checked(weights.url)
        return models.get_model(name, weights=weights)

    module = _load_pretrained(f"torchvision:{name}", source, load)
    linear = [key for key, part in module.named_modules() if isinstance(part, nn.Linear)]
    if not linear:
        raise ModelError(f"torchvision:{name} has no linear layer to remove: choose another.")
    module.set_submodule(linear[-1], nn.Identity())
    transforms = weights.transforms()
    return Network(module, transforms.crop_size[0], tuple(transforms.mean), tuple(transforms.std))


def load_timm(name: str) -> Network:
    """Load a timm network with its default weights, from its cache or its download.

    Raises:
        ModelError: for an unknown name, or weights that cannot be loaded.
    """
    import timm

    if not timm.is_model(name):
        raise ModelError(f"timm has no network {name!r}. Names: timm.list_models(pretrained=True).")
    module = _load_pretrained(
        f"timm:{name}",
        "the Hugging Face hub (kept in HF_HOME)",
        lambda: timm.create_model(name, pretrained=True, num_classes=0),
    )
    data = timm.data.resolve_model_data_config(module)
    return Network(module, data["input_size"][-1], tuple(data["mean"]), tuple(data["std"]))


def _load_pretrained(name: str, source: str, load: Callable[[], nn.Module]) -> nn.Module:
    try:
        with tensors_only():
            return load().eval()
    except Exception as error:  # urllib's, huggingface_hub's and the operating system's own kinds
        raise ModelError(
            f"the weights of {name} come from {source}, but: {type(error).__name__}: {error}. "
            "Run once where there is a network, or take backbone efficientnet_lite0, "
            "whose weights are a pip package."
        ) from error


def resize_input(network: Network, name: str, size: str) -> Network:
    """Set another size of the photos: half the side takes a quarter of the time.

    Raises:
        ModelError: `size` is not a number of pixels, or the network takes only its own.
    """
    pixels = int(size) if re.fullmatch("[0-9]{2,4}", size) else 0
    if pixels not in INPUT_SIZES:
        raise ModelError(
            f"behind the @ of {name!r} should stand the pixels a side, {INPUT_SIZES.start} to "
            f"{INPUT_SIZES[-1]}, but stands {size!r}. Correct embed_photos.backbone in params.yaml."
        )
    try:
        with torch.inference_mode():
            network.module(torch.zeros(1, 3, pixels, pixels))
    except (AssertionError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"{name} should take photos of {pixels} pixels a side, but: {error}. "
            f"Leave @{size} away: the network takes {network.size}."
        ) from error
    return network._replace(size=pixels)


def load_learned_weights(network: Network, name: str, file: Path | str) -> None:
    """Load the weights that a network learned with a tagger into it.

    Raises:
        ModelError: the file is missing, damaged or of another network.
    """
    try:
        found, _ = read_tensors(file)
    except PhototagsError as error:
        raise ModelError(
            f"{file} should hold the weights of {name} that learned with the tagger beside it, "
            f"but: {error} Or train and export that tagger again."
        ) from error
    kinds = [
        {key: (values.shape, values.dtype) for key, values in tensors.items()}
        for tensors in (network.module.state_dict(), found)
    ]
    if odd := sorted(dict(kinds[0].items() ^ kinds[1].items())):
        raise ModelError(
            f"{file} should hold the {len(kinds[0])} tensors of {name}, but {len(odd)} are "
            f"missing, of another shape or not its own, {odd[0]} first: not the file of the "
            "tagger beside it. Train or export that tagger again."
        )
    network.module.load_state_dict(found)
