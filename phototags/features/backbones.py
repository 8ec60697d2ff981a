"""Frozen networks that turn photos into features, by name."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, fx, nn
from torch.nn.functional import normalize
from torch.nn.utils.fusion import fuse_conv_bn_eval

from phototags.errors import ModelError
from phototags.features.networks import load_network
from phototags.io.cpu import has_fast_bf16, refuse_slow_bf16

log = logging.getLogger(__name__)

Precision = Literal["fp32", "bf16", "auto"]


@dataclass(frozen=True, eq=False)
class Backbone:
    """A frozen network in evaluation mode.

    Args:
        name: of `networks.load_network`.
        width: D, features a photo.
        size: pixels a side of its photos.
        mean: of each of red, green and blue in [0, 1], which is subtracted.
        std: which is divided by.
        interpolation: of the resizing: bilinear or bicubic.
        module: (B, 3, size, size) -> (B, D); batch normalisations folded.
        dtype: of its weights and inputs.
    """

    name: str
    width: int
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str
    module: nn.Module
    dtype: torch.dtype

    @property
    def parts(self) -> tuple["Backbone", ...]:
        """Itself alone."""
        return (self,)


@dataclass(frozen=True, eq=False)
class JoinedBackbone:
    """Several backbones whose features are concatenated, each with photos of its own size.

    Args:
        name: theirs, with + between them.
        parts: in the order of the features.
    """

    name: str
    parts: tuple[Backbone, ...]

    @property
    def width(self) -> int:
        """D, the sum of theirs."""
        return sum(part.width for part in self.parts)


def load_backbone(
    name: str, learned: Path | str | None = None, precision: Precision = "fp32"
) -> Backbone | JoinedBackbone:
    """Load the backbone with its published weights, or several with + between their names.

    Args:
        learned: as `load_network`'s.
        precision: of the forward pass. `auto` is bf16 for a network that it serves (CLIP) on a
            processor that computes it fast, otherwise fp32.

    Raises:
        ModelError: as `load_network`.
        ParamsError: bf16 where the processor has no instructions for it.
    """
    if precision == "bf16":
        refuse_slow_bf16()
    if learned:
        return load_single_backbone(name, learned, precision)
    parts = tuple(load_single_backbone(part, None, precision) for part in name.split("+"))
    return parts[0] if len(parts) == 1 else JoinedBackbone(name, parts)


def load_single_backbone(
    name: str, learned: Path | str | None = None, precision: Precision = "fp32"
) -> Backbone:
    """Load one network, freeze its weights and make it fast.

    Raises:
        ModelError: as `load_backbone`.
    """
    network = load_network(name, learned)
    module = network.module.requires_grad_(False)
    fold_batch_norms(module)
    half = precision == "bf16" or (precision == "auto" and network.bf16 and has_fast_bf16())
    dtype = torch.bfloat16 if half else torch.float32
    module = module.to(dtype=dtype, memory_format=torch.channels_last)  # 1.2 to 1.4 times as fast
    with torch.inference_mode():
        features = module(torch.zeros(1, 3, network.size, network.size, dtype=dtype))
    if features.dim() != 2:
        raise ModelError(
            f"{name} should give (B, D) features, but gives {tuple(features.shape)}. "
            "Choose a network that pools its last layer."
        )
    return Backbone(name, features.shape[1], *network[1:5], module, dtype)


@torch.no_grad()
def extract_features(backbone: Backbone, photos: Tensor) -> Tensor:
    """Compute the features of photos.

    Args:
        photos: (B, 3, size, size) uint8, RGB.

    Returns:
        (B, D) float32. The last bits may depend on B, never on the other photos.
    """
    scale = 1 / (255 * torch.tensor(backbone.std)).view(3, 1, 1)
    shift = (torch.tensor(backbone.mean) / torch.tensor(backbone.std)).view(3, 1, 1)
    inputs = photos.float().mul_(scale).sub_(shift)
    inputs = inputs.to(backbone.dtype, memory_format=torch.channels_last)
    return backbone.module(inputs).float()


def concatenate_features(parts: Sequence[Tensor]) -> Tensor:
    """Concatenate features of several backbones, each of length one, so that none outweighs.

    Features of one backbone alone stay as they are.

    >>> concatenate_features([torch.tensor([[3.0, 4.0]]), torch.tensor([[2.0]])]).tolist()
    [[0.6000000238418579, 0.800000011920929, 1.0]]
    """
    return parts[0] if len(parts) == 1 else torch.cat([normalize(part) for part in parts], 1)


class _Tracer(fx.Tracer):
    """Keeps convolutions and normalisations whole, whatever subclass a library made of them."""

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        kept = isinstance(module, nn.Conv2d | nn.BatchNorm2d)
        return kept or super().is_leaf_module(module, name)


def fold_batch_norms(module: nn.Module) -> int:
    """Fold each batch normalisation whose only input is a convolution into that convolution.

    Changes `module` in place; outputs stay equal up to rounding. Jacob et al., CVPR 2018,
    section 3.2. A network whose forward pass depends on its input cannot be traced and stays
    as it is.

    Args:
        module: in evaluation mode. A normalisation that also activates (timm's
            `BatchNormAct2d`) leaves its activation behind.

    Returns:
        how many were folded.

    >>> network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU()).eval()
    >>> fold_batch_norms(network), type(network[1]).__name__
    (1, 'Identity')
    """
    parts = dict(module.named_modules())
    if not any(isinstance(part, nn.BatchNorm2d) for part in parts.values()):
        return 0
    try:
        graph = _Tracer().trace(module)
    except Exception as error:  # tracing runs the library's code on stand-ins: anything can come
        log.warning("batch normalisations are not folded: %s", error)
        return 0
    pairs = list(_find_foldable(graph, parts))
    for convolution, norm in pairs:
        folded = fuse_conv_bn_eval(parts[convolution], parts[norm])
        module.set_submodule(convolution, folded)
        module.set_submodule(norm, getattr(parts[norm], "act", nn.Identity()))
    return len(pairs)


def _find_foldable(graph: fx.Graph, parts: dict[str, nn.Module]) -> Iterator[tuple[str, str]]:
    """Yield names of (convolution, normalisation), the second alone reading the first."""
    called = [node.target for node in graph.nodes if node.op == "call_module"]
    for node in graph.nodes:
        before = node.args[0] if node.args else None
        if not isinstance(before, fx.Node) or {node.op, before.op} != {"call_module"}:
            continue
        convolution, norm = before.target, node.target
        if (
            isinstance(parts[convolution], nn.Conv2d)
            and isinstance(parts[norm], nn.BatchNorm2d)
            and len(before.users) == called.count(convolution) == called.count(norm) == 1
        ):
            yield convolution, norm
