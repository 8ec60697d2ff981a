"""The first tags of each photo, with equal scores in random order."""

import numpy as np
from numpy.typing import NDArray


def mark_top_k(scores: NDArray, k: int) -> NDArray[np.bool_]:
    """Mark the first `k` of each row, and all that score the same as the last of them.

    Args:
        scores: (N, T) numbers, not NaN.

    Returns:
        (N, T) bool; more than `k` in a row where equal scores decide, all where T < k.

    >>> mark_top_k(np.array([[3, 2, 1], [2, 1, 1]]), 2).tolist()
    [[True, True, False], [True, True, True]]
    """
    first = max(scores.shape[1] - k, 0)
    return scores >= np.partition(scores, first, axis=1)[:, first : first + 1]


def sample_top_k(
    scores: NDArray, marked: NDArray[np.bool_], k: int, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Sample the first `k` of each row, equal scores in random order.

    Args:
        scores: (N, T). marked: (N, T) of `mark_top_k`, at least k in a row.

    Returns:
        (N, T) bool, k in each row.
    """
    least = np.where(marked, scores, np.inf).min(axis=1, keepdims=True)
    tied = marked & (scores == least)
    keys = np.where(tied, generator.random(scores.shape), np.where(marked, -1.0, 2.0))
    chosen = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(chosen, np.argpartition(keys, k - 1, axis=1)[:, :k], True, axis=1)
    return chosen


def find_best(scores: NDArray, k: int) -> NDArray[np.intp]:
    """(N, k) columns of the `k` best scores of each row, best first; equal ones in their order.

    All columns where there are at most `k`.

    >>> find_best(np.array([[1, 3, 3], [2, 1, 0]]), 2).tolist()
    [[1, 2], [0, 1]]
    """
    if scores.shape[1] <= k:
        return np.argsort(-scores, axis=1, kind="stable")
    marked = mark_top_k(scores, k)
    rows, columns = np.nonzero(marked)
    order = np.lexsort((columns, -scores[rows, columns], rows))
    starts = np.searchsorted(rows, np.arange(len(scores)))
    return columns[order[starts[:, None] + np.arange(k)]]
