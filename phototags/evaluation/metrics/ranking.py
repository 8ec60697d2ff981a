"""Ranking metrics; ties count against the tagger.

Every metric of the project is computed from one strict order (`pessimistic_order`), so that a
tagger that gives many tags the same score never profits from the order of the columns.
Photos are ranked over tags as (N, T), tags over photos as the transpose. Torch tensors on the
CPU are accepted as well as numpy arrays.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pessimistic_order(scores: ArrayLike, relevant: ArrayLike) -> NDArray[np.intp]:
    """Sort each row: higher scores first; among equals the irrelevant first, then by index.

    Args:
        scores: (N, T) numbers, not NaN; infinities are allowed.
        relevant: (N, T) bool.

    Returns:
        (N, T) int, the columns of each row from first to last.

    Raises:
        ValueError: when the shapes differ or a score is NaN.

    >>> pessimistic_order([[1.0, 3.0, 3.0, 3.0]], [[False, True, False, True]]).tolist()
    [[2, 1, 3, 0]]
    """
    scores = np.asarray(scores)
    scores = scores if scores.dtype.kind == "f" else scores.astype(np.float64)
    relevant = np.asarray(relevant, dtype=bool)
    if scores.ndim != 2 or scores.shape != relevant.shape:
        raise ValueError(
            f"scores and relevant must be of one shape (N, T), not {scores.shape}, {relevant.shape}"
        )
    if np.isnan(scores).any():
        raise ValueError(f"{int(np.isnan(scores).sum())} of {scores.size} scores are NaN")
    return np.lexsort((relevant, -scores), axis=-1)


def sorted_hits(scores: ArrayLike, relevant: ArrayLike) -> NDArray[np.bool_]:
    """(N, T) bool, True where the item at this place of the pessimistic order is relevant."""
    order = pessimistic_order(scores, relevant)
    return np.take_along_axis(np.asarray(relevant, dtype=bool), order, axis=1)


def top_k_mask(scores: ArrayLike, relevant: ArrayLike, k: int) -> NDArray[np.bool_]:
    """(N, T) bool, True for the first `k` of each row (all of them where T < k)."""
    order = pessimistic_order(scores, relevant)
    mask = np.zeros(order.shape, dtype=bool)
    np.put_along_axis(mask, order[:, :k], True, axis=1)
    return mask


def precision_at(hits: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """Share of the first `k` places that hold a relevant tag; perfect 1.

    Args:
        hits: (N, T) bool, of `sorted_hits`.

    Returns:
        (N,). The denominator is always `k`: in a shorter vocabulary the missing places are misses.
    """
    return hits[:, :k].sum(axis=1) / k


def recall_at(hits: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """Share of the relevant tags that are among the first `k`; perfect 1.

    Returns:
        (N,), 0 for a row with nothing relevant (evaluation leaves such photos out).
    """
    return hits[:, :k].sum(axis=1) / np.maximum(hits.sum(axis=1), 1)


def hit_rate_at(hits: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """1 where at least one of the first `k` tags is relevant, else 0; perfect 1.

    A@k of Denton et al., KDD 2015, called `accuracy` in the score tables.
    """
    return hits[:, :k].any(axis=1).astype(np.float64)


def average_precision(hits: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean of the precisions at the places of the relevant items; perfect 1.

    Its mean over photos is MiAP (Li, Snoek & Worring, 2009), its mean over tags mAP.

    Args:
        hits: (N, T) bool, of `sorted_hits`.

    Returns:
        (N,), 0 for a row with nothing relevant.

    >>> average_precision(np.array([[True, False, True], [False, False, True]])).round(4).tolist()
    [0.8333, 0.3333]
    """
    places = np.arange(1, hits.shape[1] + 1)
    precisions = np.where(hits, np.cumsum(hits, axis=1) / places, 0.0)
    return precisions.sum(axis=1) / np.maximum(hits.sum(axis=1), 1)


def mean_average_precision(scores: ArrayLike, relevant: ArrayLike) -> float:
    """mAP: the average precision of each tag's ranking of photos, averaged over tags; perfect 1.

    Tags without a photo are left out; where every tag is, the mAP is 0.

    Args:
        scores: (N, T) numbers, not NaN.
        relevant: (N, T) bool, True where photo and tag belong together.

    >>> mean_average_precision([[0.9, 0.1], [0.1, 0.9]], [[True, False], [False, True]])
    1.0
    """
    scores, relevant = np.asarray(scores).T, np.asarray(relevant, dtype=bool).T
    used = relevant.any(axis=1)
    if not used.any():
        return 0.0
    return float(average_precision(sorted_hits(scores[used], relevant[used])).mean())
