"""Batch normalisation in evaluation is a scale and a shift: convolutions can do it in passing."""

import logging

from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

log = logging.getLogger(__name__)


class _Tracer(fx.Tracer):
    """Convolutions and normalisations stay whole, whatever subclass a library made of them."""

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        kept = isinstance(module, nn.Conv2d | nn.BatchNorm2d)
        return kept or super().is_leaf_module(module, name)


def fold_batch_norms(module: nn.Module) -> int:
    """Put each batch normalisation that reads a convolution alone into that convolution.

    Changes `module` in place; outputs stay equal up to rounding. Jacob et al., CVPR 2018,
    section 3.2. A network whose forward pass depends on its input can't be traced and stays
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
    pairs = list(_pairs(graph, parts))
    for convolution, norm in pairs:
        folded = fuse_conv_bn_eval(parts[convolution], parts[norm])
        module.set_submodule(convolution, folded)
        module.set_submodule(norm, getattr(parts[norm], "act", nn.Identity()))
    return len(pairs)


def _pairs(graph: fx.Graph, parts: dict[str, nn.Module]):
    """Names of (convolution, normalisation), the second reading the first and nobody else."""
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
