"""Whitened principal components of image features, few enough to learn from a user's mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from phototags.features.feature_cache import read_features
from phototags.systems.parts.heads import FeatureScaler

CHUNK = 8192  # photos at a time: 84 MB of 1,280 features in double precision


@dataclass(frozen=True, eq=False)
class FeaturePca:
    """Principal components of the training photos, each of variance one over them.

    Args:
        mean: (n,) float64 of the scaled features. axes: (n, d) float64.
    """

    mean: NDArray[np.float64]
    axes: NDArray[np.float64]

    def transform(self, features: Tensor) -> NDArray[np.float64]:
        """(N, n) features as they were cached to (N, d)."""
        parts = [(scale_features(part) - self.mean) @ self.axes for part in features.split(CHUNK)]
        return np.concatenate(parts or [np.zeros((0, self.axes.shape[1]))])


def fit_pca(features: Tensor, dims: int) -> FeaturePca:
    """Fit whitened principal components: what sets few photos apart weighs as much as any other.

    Args:
        features: (N, n) of the training photos. dims: d, less where photos or features are few.
    """
    size = features.shape[1]
    mean, moments = np.zeros(size), np.zeros((size, size))
    for part in features.split(CHUNK):
        values = scale_features(part)
        mean += values.sum(0) / len(features)
        moments += values.T @ values / len(features)
    variances, axes = np.linalg.eigh(moments - np.outer(mean, mean))
    real = variances > 1e-9 * max(variances[-1], 1e-30)
    variances, axes = variances[real][::-1][:dims], axes[:, real][:, ::-1][:, :dims]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    return FeaturePca(mean, axes / np.sqrt(variances))


def scale_features(features: Tensor) -> NDArray[np.float64]:
    """Square roots of length one, as the heads of taggers see features, in double precision."""
    return FeatureScaler("root", features.shape[1])(features.float()).double().numpy()


def fit_training_pca(features: Iterable[Path | str], split: Path | str, dims: int) -> FeaturePca:
    """Fit the principal components of a corpus' training photos, by its features and split."""
    cached, parts = read_features(features), pd.read_parquet(split)
    rows = parts.loc[parts["part"] == "train", "row"]
    return fit_pca(cached.select(rows[rows.isin(cached.rows.numpy())].tolist()), dims)
