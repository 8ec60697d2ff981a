"""Directions of the features that a photo's size changes, so that no word depends on them.

A photo of 128 pixels is blurred where the network sees 224, and its features move: by half along
one direction, the same for nearly all photos. Words learned on the complement of the directions
that move most give a photo the same tags at any size. Nuisance attribute projection: Solomonoff,
Quillen & Boardman, Channel Compensation for SVM Speaker Recognition, Odyssey 2004.
"""

from collections.abc import Collection

import torch
from torch import Tensor

from phototags.box.corpora import scale_features
from phototags.errors import ModelError
from phototags.features.feature_cache import Features


def find_directions(photos: Features, resized: Features, rows: Collection[int], k: int) -> Tensor:
    """The k directions along which resizing moves the scaled features most.

    Args:
        photos, resized: features of a corpus as it is, and of some of its photos resized.
        rows: of the photos to learn from; those that were not resized are passed over.

    Returns:
        (k, n) float32, orthonormal.

    Raises:
        ModelError: fewer than k photos.
    """
    before, after = pair_features(photos, resized, rows)
    if len(before) < k:
        raise ModelError(
            f"{k} directions need as many photos, but {len(before)} training photos were resized. "
            "Raise box.size_invariance.photos."
        )
    return torch.linalg.svd(after - before, full_matrices=False).Vh[:k]


def pair_features(
    photos: Features, resized: Features, rows: Collection[int]
) -> tuple[Tensor, Tensor]:
    """(n, D) scaled features of the photos of `rows` that were resized: before, and after."""
    shared = sorted(set(rows) & set(resized.rows.tolist()) & set(photos.rows.tolist()))
    return scale_features(photos.select(shared)), scale_features(resized.select(shared))


def remove_directions(features: Tensor, directions: Tensor) -> Tensor:
    """(N, n) features without their parts along (k, n) orthonormal directions."""
    return features - (features @ directions.T) @ directions


def measure_agreement(before: Tensor, after: Tensor, top: int = 5) -> float:
    """Mean share, in [0, 1], of the `top` highest columns of each row that both matrices have.

    Args:
        before, after: (N, T) scores of the same photos, N > 0.

    >>> measure_agreement(torch.tensor([[3.0, 2, 1]]), torch.tensor([[3.0, 1, 2]]), top=2)
    0.5
    """
    first, second = (scores.topk(top, dim=1).indices for scores in (before, after))
    return float((first[:, :, None] == second[:, None, :]).any(2).float().mean())
