"""Taggers, and the folder of one that anybody can carry: model.safetensors and config.json.

Where its backbone was trained too, that is a third file, backbone.safetensors; the tagger itself
works on features either way.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from phototags.errors import ModelError, PhototagsError
from phototags.io.storage import read_tensors, write_json, write_tensors
from phototags.io.tagger_config import read_tagger_config
from phototags.systems.parts.tensor_checks import check_tensors
from phototags.systems.registry import parse_system

if TYPE_CHECKING:
    from torch import Tensor, nn

BACKBONE = "backbone.safetensors"
CALIBRATION = "calibration.safetensors"
"""Of an exported tagger: what turns its scores into probabilities."""


class Tagger(Protocol):
    """Gives every tag a score for a photo.

    Taggers that learn by gradient also have `embed(features) -> (B, D)` and `tag_vectors (T, D)`,
    in one space, so that photos can be searched.
    """

    def scores(self, features: Tensor) -> Tensor:
        """Features (B, n) of the backbone it was trained with to (B, T) float, more is likelier.

        A tagger that knows users also takes (B, n + m), with each photo's user features appended.
        """
        ...

    def tensors(self) -> dict[str, Tensor]:
        """The tensors that its system restores it from."""
        ...


def save(
    tagger: Tagger, config: dict, folder: Path | str, backbone: nn.Module | None = None
) -> None:
    """Write model.safetensors, config.json and, where the backbone learned, backbone.safetensors.

    Args:
        config: `system` (its settings), `backbone`, `train`, `seed`, `features` (n), `tags` (T),
            and whatever else a reader may want to know.
        backbone: the backbone that was trained with the tagger; None when it was frozen.
    """
    if backbone is not None:
        write_tensors(Path(folder) / BACKBONE, backbone.state_dict())
    write_tensors(Path(folder) / "model.safetensors", tagger.tensors())
    write_json(Path(folder) / "config.json", config)


def read_config(folder: Path | str, needed: Collection[str] = ()) -> dict:
    """Read what `save` wrote beside the weights.

    Args:
        needed: keys that must be there, besides `system`.

    Raises:
        ModelError: when the file is missing or no tagger's.
    """
    config = read_tagger_config(folder, ("system", *needed))
    try:
        parse_system(config["system"])
    except (ValueError, TypeError) as error:  # a ValidationError is a ValueError
        raise ModelError(
            f"{folder}/config.json should name a system and its settings, but: {error}. "
            "Train one with `make results`, or name its folder with --model."
        ) from error
    return config


def own_backbone(folder: Path | str) -> Path | None:
    """Path of the backbone that was trained with a folder's tagger; None when it was frozen."""
    system = parse_system(read_config(folder)["system"])
    return Path(folder) / BACKBONE if system.learns_backbone else None


def load(folder: Path | str) -> Tagger:
    """Load the tagger that `save` wrote, ready to score.

    Raises:
        ModelError: when a file is missing, damaged or does not fit the other.
    """
    config = read_config(folder, ["features"])
    system = parse_system(config["system"])
    sizes = {"T": config.get("tags"), "n": config["features"]}
    try:
        tensors, _ = read_tensors(Path(folder) / "model.safetensors")
        check_tensors(tensors, system.tensor_shapes, sizes)
        if not system.learns_by_gradient and (odd := tensors.keys() - system.tensor_shapes):
            raise ValueError(f"it holds {', '.join(sorted(odd))[:80]} too")
        return system.from_tensors(tensors, config["features"])
    except (PhototagsError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise ModelError(
            f"{folder}/model.safetensors should hold a {system.model} tagger as config.json says, "
            f"but: {error}. Train it again."
        ) from error
