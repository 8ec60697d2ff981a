"""A tagger as a folder that anybody can carry: model.safetensors and config.json.

Where its backbone learned too, that is a third file, backbone.safetensors; the tagger itself works
on features either way.
"""

import json
from pathlib import Path
from typing import Protocol

import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor, nn

from phototags.errors import ModelError, PhototagsError
from phototags.io.storage import read_tensors, write_json, write_tensors
from phototags.systems.gradient import Trained
from phototags.systems.parts.baselines import FrequencyTagger, NeighboursTagger, RandomTagger
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.heads import make_head
from phototags.systems.parts.kernel_regression import restore
from phototags.systems.parts.user_heads import BiasedHead, MultiplicativeHead, UserHead, UserLayer
from phototags.systems.ranked import Conditional
from phototags.systems.registry import (
    Asl,
    Frequency,
    KernelRidge,
    Khot,
    Multihot,
    Neighbours,
    Random,
    System,
    UserBiased,
    learns_backbone,
)

BACKBONE = "backbone.safetensors"
LEARNED = (Asl, Khot, Multihot)  # their table is the last layer: it is as wide as what it is fed


class Tagger(Protocol):
    """Whatever gives every tag a score for a photo.

    Trained taggers have `embed(features) -> (B, D)` and `tag_vectors (T, D)` as well, in one
    space, so that photos can be searched.
    """

    def scores(self, features: Tensor) -> Tensor:
        """Features (B, n) of the backbone it was trained with to (B, T) float, more is likelier.

        One that knows users takes (B, n + m) too, with each photo's user behind its features.
        """
        ...

    def tensors(self) -> dict[str, Tensor]:
        """What the tagger knows, to be written."""
        ...


def untrained(
    system: Trained,
    width: int,
    tag_vectors: Tensor,
    bias: Tensor,
    generator: torch.Generator,
    described: int = 0,
) -> EmbeddingTagger:
    """A tagger with a fresh head from n features to the width of the tag vectors.

    Args:
        width: n. described: m, columns behind the features that describe the photo's user.
    """
    if isinstance(system, Conditional):
        head = user_head(system, width, described, tag_vectors.shape[1], generator)
        return EmbeddingTagger(head, tag_vectors, bias)
    layers = system.hidden + ([] if isinstance(system, LEARNED) else [tag_vectors.shape[1]])
    head = make_head(width, layers, system.scaling, system.dropout, generator)
    return EmbeddingTagger(head, tag_vectors, bias)


def user_head(
    system: Conditional, width: int, described: int, to: int, generator: torch.Generator
) -> UserHead:
    """(B, n + m) or (B, n) -> (B, D)."""
    biased = isinstance(system, UserBiased)
    layers = [*system.hidden, to if biased else system.factors]
    photo = make_head(width, layers, system.scaling, system.dropout, generator)
    user = UserLayer(described, system.user_hidden, system.user_dropout, generator)
    if biased:
        return BiasedHead(photo, user, width, to, generator)
    return MultiplicativeHead(photo, user, width, system.factors, to, generator)


def save(
    tagger: Tagger, config: dict, folder: Path | str, backbone: nn.Module | None = None
) -> None:
    """Write model.safetensors, config.json and, where the backbone learned, backbone.safetensors.

    Args:
        config: `system` (a System as JSON), `backbone`, `train`, `seed`, `features` (n), `tags`
            (T), and whatever else a reader may want to know.
        backbone: what learned with the tagger; None when it was frozen.
    """
    if backbone is not None:
        write_tensors(Path(folder) / BACKBONE, backbone.state_dict())
    write_tensors(Path(folder) / "model.safetensors", tagger.tensors())
    write_json(Path(folder) / "config.json", config)


def read_config(folder: Path | str) -> dict:
    """What `save` wrote beside the weights.

    Raises:
        ModelError: when the file is missing or no tagger's.
    """
    path = Path(folder) / "config.json"
    try:
        config = json.loads(path.read_text())
        TypeAdapter(System).validate_python(config["system"])
        return config
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise ModelError(
            f"{path} should be the config of a tagger, but: {error}. "
            "Train one with `make results`, or name its folder with --model."
        ) from error


def own_backbone(folder: Path | str) -> Path | None:
    """The file with the backbone that learned with a folder's tagger; None when it was frozen.

    Raises:
        ModelError: as `read_config`.
    """
    system = TypeAdapter(System).validate_python(read_config(folder)["system"])
    return Path(folder) / BACKBONE if learns_backbone(system) else None


def load(folder: Path | str) -> Tagger:
    """The tagger that `save` wrote, ready to score.

    Raises:
        ModelError: when a file is missing, damaged or does not fit the other.
    """
    config = read_config(folder)
    system = TypeAdapter(System).validate_python(config["system"])
    try:
        tensors, _ = read_tensors(Path(folder) / "model.safetensors")
        return restored(system, config["features"], tensors)
    except (PhototagsError, KeyError, RuntimeError, TypeError) as error:
        raise ModelError(
            f"{folder}/model.safetensors should hold a {system.model} tagger as config.json says, "
            f"but: {error}. Train it again."
        ) from error


def restored(system: System, width: int, tensors: dict[str, Tensor]) -> Tagger:
    """A tagger from its settings, the features a photo and what it knows."""
    if isinstance(system, Frequency):
        return FrequencyTagger(tensors["counts"], system.rarest)
    if isinstance(system, Random):
        return RandomTagger(int(tensors["tags"]), int(tensors["seed"]))
    if isinstance(system, Neighbours):
        return NeighboursTagger(**tensors, neighbours=system.neighbours)
    if isinstance(system, KernelRidge):
        return restore(tensors, system.gamma)
    described = tensors["head.user.units.weight"].shape[1] if isinstance(system, Conditional) else 0
    tables = tensors["tag_vectors"], tensors["bias"]
    tagger = untrained(system, width, *tables, torch.Generator(), described)
    tagger.load_state_dict(tensors)
    return tagger.eval()
