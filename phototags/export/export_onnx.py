"""A tagger as a folder for onnxruntime: model.onnx, tags.csv and a README.md."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch

import phototags
from phototags.errors import ModelError
from phototags.export.export_tagger import copy
from phototags.export.onnx_graph import INPUT, build_graph, quantise
from phototags.export.tag_photos import ExportedTagger, load_exported
from phototags.features.embed_photos import embed_photos
from phototags.io.storage import atomic_write, write_csv, write_text
from phototags.report.markdown import format_page
from phototags.systems.tagger import read_config

if TYPE_CHECKING:
    from onnx import ModelProto

PRECISION = 0.5
"""At whose cut half of the tags given are expected to be right."""
PACKAGES = ("onnxruntime", "onnxscript")
"""Of `phototags[onnx]`."""
TOLERANCE = 1e-4
"""By which a probability, or a score's share of the largest, may differ from torch's."""
CARD = "MODEL_CARD.md"
WHAT = (
    "Written by `phototags export` {version}. The system `{system}` gives {tags:,} tags on the "
    "features of the network `{backbone}`; resizing and calibration are in the graph too.{products}"
)
INT8 = "Matrix products are computed in 8 bits, which moves the probabilities a little."
INTERFACE = (
    "`model.onnx` runs with onnxruntime. Its input `photos` is (B, H, W, 3) uint8, upright photos "
    "in RGB of any size, each batch of one size; the graph resizes them to {sides} pixels a side. "
    "Its output `{output}` is (B, T) float32: for each line of `tags.csv`, in its order, {meaning}."
)
SCORES = "a score that only ranks the tags of a photo"
TAGS = (
    "The column `cut` of `tags.csv` is the probability from which the tags given are expected to "
    "be right with a share of {share:g}; it is empty where no such share was reached."
)
CARD_NOTE = (
    "`MODEL_CARD.md`, where it lies here, says what the tagger was trained on, how well it scores, "
    "what its licences ask for, and what it should not be used for."
)


def export_onnx(folder: Path | str, to: Path | str, int8: bool = False) -> list[Path]:
    """Write the tagger of a folder as ONNX, with its tags.

    Args:
        folder: of an exported tagger. to: the folder to write.
        int8: whether matrix products are computed in 8 bits, as `quantise` does it.

    Returns:
        the files written.

    Raises:
        ModelError: both are one folder; it holds no tagger; its system cannot be written as ONNX;
            a package is missing; the graph gives other numbers than torch.
    """
    require_packages()
    folder, to = Path(folder), Path(to)
    if to.resolve() == folder.resolve():
        raise ModelError(f"{to} is the tagger's own folder. Name another with --onnx.")
    system = read_config(folder)["system"]["model"]
    exported = load_exported(folder, computed_in="fp32")
    model = build_graph(exported, system)
    compare_with_torch(model, exported)
    if int8:
        model = quantise(model, exported.backbone.name)
    with atomic_write(to / "model.onnx") as part:
        part.write_bytes(model.SerializeToString(deterministic=True))
    write_csv(to / "tags.csv", tabulate_tags(exported))
    write_text(to / "README.md", describe_onnx(exported, system, int8))
    names = ["model.onnx", "tags.csv", "README.md"]
    if (folder / CARD).exists():
        copy(folder / CARD, to / CARD)
        names.append(CARD)
    return [to / name for name in names]


def require_packages() -> None:
    """Raise a ModelError where a package that writes or runs ONNX is missing."""
    if missing := [name for name in PACKAGES if not find_spec(name)]:
        raise ModelError(
            f"ONNX is written by {' and '.join(PACKAGES)}, but {' and '.join(missing)} "
            "cannot be imported. Run `pip install 'phototags[onnx]'`."
        )


def tabulate_tags(exported: ExportedTagger) -> pd.DataFrame:
    """The tags in the order of the output, and the cut for half of the tags given to be right.

    Returns:
        `tag` and `cut`: the probability from which a tag is given, equal for all tags; empty where
        no such precision was reached, or the tagger was never calibrated.
    """
    fitted = exported.calibration
    reached = fitted is not None and fitted.highest_precision >= PRECISION
    cut = fitted.cut(PRECISION) if reached else np.nan
    return pd.DataFrame({"tag": exported.vocabulary.tags, "cut": cut})


def compare_with_torch(model: "ModelProto", exported: ExportedTagger) -> None:
    """Run a graph on a drawn picture: a ModelError unless it gives torch's numbers.

    What torch writes of a network depends on the versions of three packages.
    """
    from onnxruntime import InferenceSession

    rows, columns = np.indices((120, 160))
    picture = np.stack([rows * 2, columns, (rows - 60) ** 2 // 30 + columns // 2], -1)
    picture = picture.astype(np.uint8)
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run(None, {INPUT: picture[None]})[0]
    photo = torch.from_numpy(picture).permute(2, 0, 1)
    with torch.inference_mode():
        wanted = exported.tagger.scores(embed_photos(exported.backbone, [photo])).numpy()
    if exported.calibration:
        wanted = exported.calibration.probabilities(wanted)
    scale = 1 if exported.calibration else np.abs(wanted).max()
    worst = np.abs(found - wanted).max()
    if not worst <= TOLERANCE * scale:
        raise ModelError(
            f"the ONNX graph should give torch's numbers to {TOLERANCE:g}, but differs by "
            f"{worst:g}. Install the versions in requirements.lock, or take another backbone."
        )


def describe_onnx(exported: ExportedTagger, system: str, int8: bool) -> str:
    """The README.md of the folder."""
    calibrated = exported.calibration is not None
    return format_page(
        "A photo tagger in ONNX",
        WHAT.format(
            version=phototags.__version__,
            system=system,
            tags=len(exported.vocabulary),
            backbone=exported.backbone.name,
            products=f" {INT8}" if int8 else "",
        ),
        INTERFACE.format(
            output="probabilities" if calibrated else "scores",
            meaning="the probability that people would write it" if calibrated else SCORES,
            sides=" and ".join(str(part.size) for part in exported.backbone.parts),
        ),
        TAGS.format(share=PRECISION) if calibrated else "",
        CARD_NOTE,
    )
