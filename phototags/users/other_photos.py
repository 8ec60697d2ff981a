"""Tags of the user's other photos, weighted for each photo: equally, the nearest, by attention."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.errors import CorpusError
from phototags.features.feature_cache import Features
from phototags.params.users import Users
from phototags.tags.encoding import TagSets
from phototags.users.feature_pca import scale_features
from phototags.users.user_table import group_photos

CHUNK = 1024
"""Photos that are compared with all other photos of their user at a time."""

MAX_NUMBERS = 1 << 30
"""Numbers of one descriptor, 4 GB."""

Weigh = Callable[[NDArray[np.float64], Users], NDArray[np.float64]]
"""Cosines (b, m) with the user's m photos, -inf where one does not count, and settings to weights
(b, m), 0 where it does not count."""


def weigh_equally(cosines: NDArray[np.float64], settings: Users) -> NDArray[np.float64]:
    """One over their number.

    >>> weigh_equally(np.array([[-np.inf, 0.9, 0.1]]), Users()).tolist()
    [[0.0, 0.5, 0.5]]
    """
    counts = np.isfinite(cosines)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def weigh_nearest(cosines: NDArray[np.float64], settings: Users) -> NDArray[np.float64]:
    """The cosines of the `settings.neighbours` nearest photos, the first of equal ones.

    >>> weigh_nearest(np.array([[-np.inf, 0.9, 0.5, 0.1]]), Users(neighbours=2)).tolist()
    [[0.0, 0.9, 0.5, 0.0]]
    """
    order = np.argsort(-cosines, axis=1, kind="stable")[:, : settings.neighbours]
    weights = np.zeros_like(cosines)
    np.put_along_axis(weights, order, np.take_along_axis(cosines, order, axis=1), axis=1)
    return np.where(np.isfinite(cosines), weights, 0.0)


def attend(cosines: NDArray[np.float64], settings: Users) -> NDArray[np.float64]:
    """Softmax of `settings.sharpness` times the cosine: attention with the photo as the query.

    Sharpness 0 weighs all alike, a large one takes the nearest photo only.

    >>> weights = attend(np.array([[-np.inf, 0.9, 0.4]]), Users(sharpness=2))
    >>> weights.round(4).tolist()
    [[0.0, 0.7311, 0.2689]]
    """
    logits = settings.sharpness * np.where(np.isfinite(cosines), cosines, 0.0)
    logits = np.where(np.isfinite(cosines), logits, -np.inf)
    top = logits.max(axis=1, keepdims=True, initial=-np.inf)
    weights = np.exp(logits - np.where(np.isfinite(top), top, 0.0))
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-30)


WEIGHTS: Mapping[str, Weigh] = {
    "tag_shares": weigh_equally,
    "nearest_tags": weigh_nearest,
    "attended_tags": attend,
}
"""How each descriptor of one number a tag weighs the user's other photos."""


def describe_other_photos(
    names: Sequence[str],
    features: NDArray[np.float64],
    tags: TagSets,
    n_tags: int,
    users: NDArray[np.int64],
    counted: NDArray[np.bool_],
    settings: Users,
) -> dict[str, Tensor]:
    """Sum the tags of the user's other photos, by each of the weights named.

    A photo's own tags never enter; its own picture only says which of the others are near.

    Args:
        names: of WEIGHTS.
        features: (N, n) of length one, zeros where a photo has none.
        tags: of the N photos, ids below `n_tags`.
        users: (N,) number of each photo's user, negative when unknown.
        counted: (N,) which photos may describe their user; without a tag none does.

    Returns:
        (N, T + 1) float32 by name; the last column is 1 where there is another photo.

    Raises:
        CorpusError: there are more than MAX_NUMBERS.
    """
    if names and len(users) * (n_tags + 1) > MAX_NUMBERS:
        raise CorpusError(
            f"{names[0]} should hold at most {MAX_NUMBERS:,} numbers, but {len(users):,} photos "
            f"have one for each of {n_tags:,} tags. Raise vocabulary.min_users, or remove the "
            "systems that use it."
        )
    matrix, counted = tags.to_csr(n_tags), counted & (tags.sizes > 0)
    blocks = {name: torch.zeros(len(users), n_tags + 1) for name in names}
    for photos in group_photos(users):
        others = photos[counted[photos]]
        for part in np.array_split(photos, -(-len(photos) // CHUNK)) if len(others) else ():
            cosines = features[part] @ features[others].T
            cosines[part[:, None] == others] = -np.inf
            known = np.isfinite(cosines).any(axis=1)
            for name, block in blocks.items():
                weights = WEIGHTS[name](cosines, settings)
                block[part, :-1] = torch.from_numpy((matrix[others].T @ weights.T).T).float()
                block[part, -1] = torch.from_numpy(known).float()
    return blocks


def select_unit_features(rows: NDArray[np.int64], features: Features) -> NDArray[np.float64]:
    """(N, n) scaled features of length one of N rows; zeros where a photo has none."""
    known = np.isin(rows, features.rows.numpy())
    scaled = scale_features(features.select(rows[known].tolist()))
    values = np.zeros((len(rows), features.matrix.shape[1]))
    values[known] = scaled / np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), 1e-12)
    return values
