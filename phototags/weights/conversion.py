"""Conversion of checkpoints to safetensors that keep every number."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from phototags.errors import ModelError

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

SCALE = "_scale"
QUANTISED = "_quantized"
MAX_STEPS = 6  # nodes between a product and the addition of its bias


def convert_onnx(source: Path, to: Path) -> None:
    """Convert the weights of an ONNX file; 8-bit ones stay 8-bit, with their scales.

    Args:
        source: its matrix products may be quantised a column at a time, as onnxruntime does.
        to: a safetensors file. A quantised weight has its layer's name, shape (out, in) and
            type int8, and beside it `NAME_scale` (out,) float32; see `dequantise`.

    Raises:
        ModelError: the file is no ONNX file, or is quantised in another way.
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper
    from safetensors.torch import save_file

    try:
        graph = onnx.load(source, load_external_data=False).graph
    except (DecodeError, OSError) as error:
        raise ModelError(f"{source} should be an ONNX file, but: {error}.") from error
    arrays = {one.name: numpy_helper.to_array(one).copy() for one in graph.initializer}
    tensors = {
        name: torch.from_numpy(array)
        for name, array in arrays.items()
        if name.endswith((".weight", ".bias", "_embedding"))
    }
    for quantised, weight in name_quantised(graph):
        stem = quantised.removesuffix(QUANTISED)
        if arrays[quantised].dtype != "int8" or arrays[f"{stem}_zero_point"].any():
            raise ModelError(f"{quantised} should be symmetric int8, but is not.")
        tensors[weight] = torch.from_numpy(arrays[quantised].T.copy())
        tensors[weight + SCALE] = torch.from_numpy(arrays[stem + SCALE])
    save_file(dict(sorted(tensors.items())), to)


def name_quantised(graph: "GraphProto") -> Iterator[tuple[str, str]]:
    """Yield each quantised weight with its layer's name, which only the bias still has.

    A product to which no bias is added has the name of the graph's output that it becomes.
    """
    users: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    biases = {one.name for one in graph.initializer if one.name.endswith(".bias")}
    outputs = {one.name for one in graph.output}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            yield node.input[1], _find_name(node, users, biases, outputs) + ".weight"


def _find_name(
    node: "NodeProto", users: Mapping[str, list], biases: set[str], outputs: set[str]
) -> str:
    nodes = [node]
    for _ in range(MAX_STEPS):
        found = {name for one in nodes if one.op_type == "Add" for name in one.input} & biases
        ended = {name for one in nodes for name in one.output} & outputs
        if found or ended:
            return min(found or ended).removesuffix(".bias")
        nodes = [user for one in nodes for name in one.output for user in users.get(name, [])]
    raise ModelError(f"the product {node.name} should be followed by a bias, but is not.")


def convert_torch(source: Path, to: Path) -> None:
    """Convert a torch state dictionary, read as tensors only: no object in it is unpickled.

    Raises:
        ModelError: the file holds anything else.
    """
    from pickle import UnpicklingError

    from safetensors.torch import save_file

    try:
        tensors = torch.load(source, map_location="cpu", weights_only=True)
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, to)
    except (AttributeError, EOFError, RuntimeError, UnpicklingError, ValueError) as error:
        raise ModelError(f"{source} should hold tensors by name, but: {error}.") from error


def dequantise(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Multiply 8-bit weights by their scales; other tensors stay as they are.

    >>> dequantise({"w": torch.tensor([[2], [-4]], dtype=torch.int8),
    ...             "w_scale": torch.tensor([0.5, 0.25])})
    {'w': tensor([[ 1.],
            [-1.]])}
    """
    return {
        name: tensor.float() * tensors[name + SCALE][:, None] if name + SCALE in tensors else tensor
        for name, tensor in tensors.items()
        if not (name.endswith(SCALE) and name.removesuffix(SCALE) in tensors)
    }
