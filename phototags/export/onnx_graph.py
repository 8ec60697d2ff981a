"""The graph of a whole tagger in ONNX: resizing, networks, head and calibration."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

import phototags
from phototags.errors import ModelError
from phototags.export.integer_resize import SUPPORTS, resize_exactly
from phototags.export.tag_photos import ExportedTagger
from phototags.features.backbones import concatenate_features, extract_features
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.user_heads import UserHead

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 20  # of ONNX
INPUT = "photos"
PRODUCTS = ("MatMul", "Gemm")
AXES = ("photos", "height", "width")
"""Those of the input that may have any length."""


class WholeTagger(nn.Module):
    """From photos to each tag's probability, or its score where it was never calibrated.

    Args:
        exported: its backbone in float32.

    Raises:
        ModelError: the system scores by other means than an embedding, or the backbone resizes
            by another interpolation than bilinear or bicubic.
    """

    def __init__(self, exported: ExportedTagger, system: str):
        super().__init__()
        if not isinstance(exported.tagger, EmbeddingTagger):
            raise ModelError(
                f"the system {system} should score tags by a photo's embedding to be written as "
                "ONNX, but compares photos with stored ones or counts tags. Export one that learns "
                "by gradient, or `logistic`: set export.system in params.yaml, run "
                "`make results`, and name its folder with --model."
            )
        self.parts = exported.backbone.parts
        if odd := {part.interpolation for part in self.parts} - set(SUPPORTS):
            raise ModelError(
                f"{exported.backbone.name} should resize photos by {' or '.join(SUPPORTS)} "
                f"interpolation, but resizes by {min(odd)}. Export a tagger on another backbone."
            )
        self.networks = nn.ModuleList(part.module for part in self.parts)
        self.tagger, fitted = exported.tagger, exported.calibration
        self.calibrated = fitted is not None
        head = exported.tagger.head  # of an unknown user all features are zero
        self.user_features = head.user.units.in_features if isinstance(head, UserHead) else 0
        for name in ("offsets", "slopes") if fitted else ():
            values = torch.from_numpy(getattr(fitted, name)).float()
            self.register_buffer(name, values, persistent=False)

    def forward(self, photos: Tensor) -> Tensor:
        """(B, H, W, 3) uint8, RGB, to (B, T) float32."""
        photos, features = photos.permute(0, 3, 1, 2), []
        for part in self.parts:
            resized = resize_exactly(photos, part.size, part.interpolation)
            features.append(extract_features(part, resized))
        inputs = pad(concatenate_features(features), (0, self.user_features))
        scores = self.tagger(inputs)
        return (self.offsets + self.slopes * scores).sigmoid() if self.calibrated else scores


def build_graph(exported: ExportedTagger, system: str) -> ModelProto:
    """Build the ONNX model of a tagger; equal taggers give equal bytes.

    Its input `photos` is (B, H, W, 3) uint8, RGB of any size, its output `probabilities` (or
    `scores`) (B, T) float32.

    Args:
        system: the name of the tagger's system.

    Raises:
        ModelError: the tagger, or its network, cannot be written as ONNX.
    """
    whole = WholeTagger(exported, system).eval()
    shape = {axis: torch.export.Dim(name) for axis, name in enumerate(AXES)}
    try:
        with torch.no_grad():
            program = torch.onnx.export(
                whole,
                (torch.zeros(2, 40, 50, 3, dtype=torch.uint8),),
                dynamo=True,
                verbose=False,
                opset_version=OPSET,
                input_names=[INPUT],
                output_names=["probabilities" if whole.calibrated else "scores"],
                dynamic_shapes=(shape,),
            )
    except torch.onnx.errors.OnnxExporterError as error:
        raise ModelError(
            f"the network {exported.backbone.name} should consist of operations that ONNX has, but "
            f"torch says: {str(error).strip().splitlines()[0]} Take another backbone."
        ) from error
    model = program.model_proto  # made anew at each access
    sides = model.graph.input[0].type.tensor_type.shape.dim
    if fixed := [name for name, side in zip(AXES, sides, strict=False) if not side.dim_param]:
        raise ModelError(
            f"{exported.backbone.name} should take photos of any number, but fixes the axis "
            f"{fixed[0]} when torch traces it. Take another backbone."
        )
    remove_origins(model)
    return model


def quantise(model: ModelProto, backbone: str) -> ModelProto:
    """Give the matrix products of a graph 8-bit weights, with a scale a column, and 8-bit inputs.

    Inputs get their scale from their own range when the graph runs, so that no photos are needed
    to choose it. Convolutions stay in float32: in 8 bits they are slower this way.

    Args:
        backbone: its name, for the error.

    Raises:
        ModelError: the file would not be half as large, since the network consists of convolutions.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quant_utils, quantize_dynamic

    before, weights = model.ByteSize(), {one.name for one in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type in PRODUCTS]
    weightless = [node.name for node in products if not weights & set(node.input)]
    quant_utils.add_pre_process_metadata(model)  # or it warns that shapes should be known
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        quantize_dynamic(
            model,
            path,
            list(PRODUCTS),
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=weightless,
        )
        smaller = onnx.load(path)
    if smaller.ByteSize() > before / 2:
        raise ModelError(
            f"--int8 should halve the file at least, but leaves {smaller.ByteSize() / before:.0%} "
            f"of it: {backbone} computes few matrix products. Leave --int8 away."
        )
    remove_origins(smaller)
    return smaller


def remove_origins(model: ModelProto) -> None:
    """Remove where each node came from: paths of this machine, and lines of this code."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.initializer, *graph.value_info):
        del part.metadata_props[:]
    for part in (*graph.input, *graph.output):
        del part.metadata_props[:]
    for node in graph.node:
        node.doc_string = ""
    model.producer_name, model.producer_version = "phototags", phototags.__version__
