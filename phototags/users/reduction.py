"""Features of a backbone made narrow, so that a user's mean of them can be learned from."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from phototags.features.feature_cache import read_features
from phototags.systems.parts.heads import Scaled

CHUNK = 8192  # photos at a time: 84 MB of 1,280 features in double precision


@dataclass(frozen=True, eq=False)
class Reduction:
    """The main axes of the training photos, each of variance one over them.

    Args:
        mean: (n,) float64 of the scaled features. axes: (n, d) float64.
    """

    mean: NDArray[np.float64]
    axes: NDArray[np.float64]

    def of(self, features: Tensor) -> NDArray[np.float64]:
        """(N, n) features as they were cached to (N, d)."""
        parts = [(scaled(part) - self.mean) @ self.axes for part in features.split(CHUNK)]
        return np.concatenate(parts or [np.zeros((0, self.axes.shape[1]))])


def reduction(features: Tensor, width: int) -> Reduction:
    """Principal components, whitened: one of a few photos' accidents weighs as much as any.

    Args:
        features: (N, n) of the training photos. width: d, less where photos or features are few.
    """
    size = features.shape[1]
    mean, moments = np.zeros(size), np.zeros((size, size))
    for part in features.split(CHUNK):
        values = scaled(part)
        mean += values.sum(0) / len(features)
        moments += values.T @ values / len(features)
    variances, axes = np.linalg.eigh(moments - np.outer(mean, mean))
    real = variances > 1e-9 * max(variances[-1], 1e-30)
    variances, axes = variances[real][::-1][:width], axes[:, real][:, ::-1][:, :width]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    return Reduction(mean, axes / np.sqrt(variances))


def scaled(features: Tensor) -> NDArray[np.float64]:
    """Square roots of length one, as the heads of taggers see features, in double precision."""
    return Scaled("root", features.shape[1])(features.float()).double().numpy()


def of_training(features: Iterable[Path | str], split: Path | str, width: int) -> Reduction:
    """The reduction of a corpus' training photos.

    Args:
        features: its feature files. split: its split.parquet.
    """
    found, parts = read_features(features), pd.read_parquet(split)
    rows = parts.loc[parts["part"] == "train", "row"]
    return reduction(found.of(rows[rows.isin(found.rows.numpy())].tolist()), width)
