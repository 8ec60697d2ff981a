"""Precision and recall of single tags over photos."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""(N,) precision and (N,) recall of the first n photos, for each n."""


def precision_recall_curve(scores: ArrayLike, relevant: ArrayLike) -> Curve:
    """Precision and recall of the first n photos, for each n, expected over the order of ties.

    Args:
        scores: (N,) higher is likelier. relevant: (N,) bool, at least one True.

    Returns:
        (N,) and (N,), in [0, 1]; without ties, the mean of the precisions at the relevant places
        is the tag's average precision.

    >>> precision, recall = precision_recall_curve([0.9, 0.8, 0.1], [True, False, True])
    >>> precision.round(2).tolist(), recall.tolist()
    ([1.0, 0.5, 0.67], [0.5, 0.5, 1.0])
    """
    _, tie, size = np.unique(-np.asarray(scores), return_inverse=True, return_counts=True)
    hits = (np.bincount(tie, np.asarray(relevant)) / size).repeat(size).cumsum()
    return hits / np.arange(1, len(hits) + 1), hits / hits[-1]
