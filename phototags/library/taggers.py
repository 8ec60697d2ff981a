"""The tagger of an index: who it is, and what it says of features, without looking at pixels."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.io.storage import hash_file
from phototags.io.tagger_config import read_tagger_config
from phototags.tag_vectors.zero_shot_model import FILE as ZERO_SHOT
from phototags.tag_vectors.zero_shot_model import ZeroShot, read_zero_shot
from phototags.tags.word_choices import NO_CHOICES, WordChoices

if TYPE_CHECKING:
    from phototags.export.tag_photos import ExportedTagger

LEARNED = "backbone.safetensors"
FILES = ("config.json", "vocabulary.tsv", "model.safetensors", "calibration.safetensors", ZERO_SHOT)
TOP = 12
"""Tags of a photo that are shown, at most."""
LOWEST = 0.05
"""Probability of a tag that is shown, at least."""


class TaggerIdentity(NamedTuple):
    """Hashes of a tagger's files.

    Args:
        backbone: of what the features depend on. tagger: of what tags depend on besides, also a
            person's choices about its words.
    """

    backbone: str
    tagger: str


@dataclass(frozen=True, eq=False)
class FolderTagger:
    """A loaded tagger.

    Args:
        exported: with a backbone and a calibration.
        zero_shot: None where it has none.
    """

    exported: ExportedTagger
    zero_shot: ZeroShot | None


class Tagged(NamedTuple):
    """What a tagger says of n photos.

    Args:
        probabilities: (n, V) float16, of its names.
        text_vectors: (n, E) float16; None without zero-shot.
        top: of each, its first tags as JSON, `[[tag, probability], ...]`.
    """

    probabilities: NDArray[np.float16]
    text_vectors: NDArray[np.float16] | None
    top: list[str]


def identify_tagger(folder: Path | str, choices: WordChoices = NO_CHOICES) -> TaggerIdentity:
    """Identify the tagger of a folder by its files, and by choices about it, without torch.

    Raises:
        ModelError: when it has no config.json that names a backbone.
    """
    folder = Path(folder)
    backbone = str(read_tagger_config(folder, ("backbone",))["backbone"])
    if (folder / LEARNED).exists():
        backbone += f" {hash_file(folder / LEARNED)}"
    hashes = [hash_file(folder / name) for name in FILES if (folder / name).is_file()]
    hashes.append(choices.identify())
    return TaggerIdentity(backbone, hashlib.sha256("".join(hashes).encode()).hexdigest())


def load_tagger(folder: Path | str, choices: WordChoices = NO_CHOICES) -> FolderTagger:
    """Load a tagger; its tags are named as a person chose.

    Raises:
        ModelError: as `load_exported`; also when its probabilities were never fitted, for words
            are joined by them.
    """
    from phototags.export.tag_photos import load_exported

    exported = load_exported(folder, choices=choices)
    if exported.calibration is None:
        raise ModelError(
            f"an index needs a tagger that gives probabilities, but {folder} was never "
            "calibrated. Export it again with `make results`, or name another with --model."
        )
    path = Path(folder) / ZERO_SHOT
    return FolderTagger(exported, read_zero_shot(path) if path.is_file() else None)


def read_aliases(vocabulary: Path) -> dict[str, str]:
    """Other spellings of tags, and the tag of each; none where the vocabulary lists none."""
    from phototags.tags.vocabulary import EXPORTED, VOCABULARY, read_tsv

    table = read_tsv(vocabulary, VOCABULARY, EXPORTED)
    if "aliases" not in table.columns:
        return {}
    rows = table.select("tag", "aliases").drop_nulls().iter_rows()
    return {alias: tag for tag, aliases in rows for alias in aliases.split(",")}


def tag_features(tagger: FolderTagger, features: NDArray[np.float16]) -> Tagged:
    """Tag photos by their features, (n, F) as an index keeps them."""
    import torch

    features = features.astype(np.float32)
    with torch.inference_mode():
        scores = tagger.exported.tagger.scores(torch.from_numpy(features)).numpy()
    probabilities = tagger.exported.calibration.probabilities(scores)
    if not np.isfinite(probabilities).all():
        raise ModelError(
            "the tagger gives NaN or infinity: its weights are damaged. Export it again with "
            "`make results`."
        )
    probabilities = tagger.exported.name_tags(probabilities, torch.from_numpy(features))
    top = [_list_top(tagger.exported.names, of) for of in probabilities]
    model = tagger.zero_shot
    vectors = None if model is None else model.embed_photos(features).astype(np.float16)
    return Tagged(probabilities.astype(np.float16), vectors, top)


def _list_top(tags: list[str], probabilities: NDArray[np.float64]) -> str:
    best = np.argsort(-probabilities, kind="stable")[:TOP]
    shown = [tag for tag in best.tolist() if probabilities[tag] >= LOWEST]
    return json.dumps([[tags[tag], round(float(probabilities[tag]), 4)] for tag in shown])
