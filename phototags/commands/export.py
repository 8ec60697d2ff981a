"""`phototags export`: write a tagger as ONNX."""

import argparse
from pathlib import Path

from phototags.commands import common

DETAILS = """\
examples:
  phototags export --onnx boats/                        the tagger of photographs
  phototags export --onnx boats/ --int8                 a quarter of the size, faster, less exact
  phototags export --onnx drawings/ --model models/pictures/tagger

Writes model.onnx (photos of any size in, probabilities of tags out: resizing, network, head and
calibration), tags.csv (each tag, and the probability from which half of the tags given are expected
to be right), README.md and the tagger's MODEL_CARD.md. onnxruntime, numpy and Pillow are all that
is needed to use them; docs/onnx.md shows how. Needs `pip install 'phototags[onnx]'`.

The graph is run once and compared with torch before it is written. --int8 is for networks of matrix
products, such as CLIP. Systems without an embedding (neighbours, kernel-ridge, frequency, random)
are refused.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_model_option(parser, default="the tagger of photographs that phototags comes with")
    parser.add_argument(
        "--onnx", type=Path, metavar="DIR", required=True, help="folder to write, made if needed"
    )
    parser.add_argument("--int8", action="store_true", help="compute the matrix products in 8 bits")


def run(args: argparse.Namespace) -> int:
    """Write the folder, and say its files and their sizes."""
    folder = common.find_tagger(args.model or common.BOX)
    common.prepare_backbone(folder)
    from phototags.export.export_onnx import export_onnx

    for path in export_onnx(folder, args.onnx, args.int8):
        common.say(f"{path.stat().st_size / 1e6:8.3f} MB  {path}")
    return common.SUCCESS
