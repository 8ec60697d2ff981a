"""Probabilities from a tagger's scores, and cuts for a wanted precision; applied by numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.io.storage import read_tensors, write_tensors

STEPS = np.arange(1, 100) / 100
"""Wanted precisions whose cuts are stored; between them cuts are interpolated."""
TENSORS = ("offsets", "slopes", "cuts")


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Logistic calibration of each tag's scores.

    Args:
        offsets, slopes: (T,) float64, probability = sigmoid(offset + slope * score), slope > 0.
        cuts: (99,) float64, rising: the lowest probability at which the tags given are expected to
            have a precision of 0.01 to 0.99; nan from where none is high enough.
        strength: chosen one of STRENGTHS. photos: number of validation photos.
    """

    offsets: NDArray
    slopes: NDArray
    cuts: NDArray
    strength: float
    photos: int

    def probabilities(self, scores: NDArray) -> NDArray[np.float64]:
        """(B, T) scores to (B, T) probabilities that a photo has the tag."""
        return sigmoid(self.offsets + self.slopes * np.asarray(scores, np.float64))

    def cut(self, precision: float) -> float:
        """The lowest probability at which to give a tag for a wanted precision in (0, 1).

        Raises:
            ModelError: when no tag of a validation photo was as probable.
        """
        if precision > self.highest_precision:
            raise ModelError(
                f"expected a precision up to {self.highest_precision:.2f}, the highest that the "
                f"tags of this tagger's {self.photos} validation photos are sure of, found "
                f"{precision:g}. Ask for less."
            )
        reached = ~np.isnan(self.cuts)
        return float(np.interp(precision, STEPS[reached], self.cuts[reached]))

    @property
    def highest_precision(self) -> float:
        """The highest of STEPS that has a cut; 0 where none has."""
        return float(STEPS[~np.isnan(self.cuts)].max(initial=0))


def write_probabilities(path: Path | str, fitted: Probabilities | None) -> None:
    """Write a calibration as safetensors; None, one that was never fitted, as no tensor."""
    import torch

    tensors = {name: torch.from_numpy(getattr(fitted, name)) for name in TENSORS if fitted}
    about = {"photos": fitted.photos, "strength": str(fitted.strength)} if fitted else {"photos": 0}
    write_tensors(path, tensors, about)


def read_probabilities(path: Path | str, tags: int) -> Probabilities | None:
    """Read what `write_probabilities` wrote.

    Args:
        tags: T, expected.

    Raises:
        ModelError: when the file does not belong to a tagger of so many tags.
        PhototagsError: when it is missing or damaged.
    """
    tensors, about = read_tensors(path, framework="np")
    if about == {"photos": 0}:
        return None
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if shapes != {"offsets": (tags,), "slopes": (tags,), "cuts": STEPS.shape}:
        raise ModelError(
            f"{path} should calibrate {tags} tags, but has tensors of the shapes {shapes}. "
            "Export the tagger again with `make results`."
        )
    try:
        strength, photos = float(about["strength"]), int(about["photos"])
        finite = all(np.isfinite(tensors[name]).all() for name in TENSORS[:2])
        if not finite or np.isinf(tensors["cuts"]).any() or not strength >= 0 or photos < 0:
            raise ValueError("its numbers are not finite or out of range")
        return Probabilities(**tensors, strength=strength, photos=photos)
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise ModelError(
            f"{path} should be a calibration written by phototags, but: {error!r}. "
            "Export the tagger again with `make results`."
        ) from error


def sigmoid(logits: NDArray) -> NDArray[np.float64]:
    """1 / (1 + exp(-logit)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(logits)))
