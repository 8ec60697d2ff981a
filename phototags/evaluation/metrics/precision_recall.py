"""Precision over recall of a single tag, as more and more photos are believed to have it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phototags.evaluation.metrics.ranking import hits_in_order

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""(N,) precision and (N,) recall of the first n photos, for each n."""


def precision_recall(scores: ArrayLike, relevant: ArrayLike) -> Curve:
    """Precision and recall of the first n photos, for each n; ties count against the tag.

    Args:
        scores: (N,) more is likelier. relevant: (N,) bool, one True at least.

    Returns:
        (N,) and (N,), in [0, 1]; the mean of the precisions at the relevant places is the
        tag's average precision.

    >>> precision, recall = precision_recall([0.9, 0.8, 0.1], [True, False, True])
    >>> precision.round(2).tolist(), recall.tolist()
    ([1.0, 0.5, 0.67], [0.5, 0.5, 1.0])
    """
    hits = hits_in_order(np.atleast_2d(scores), np.atleast_2d(relevant))[0].cumsum()
    return hits / np.arange(1, len(hits) + 1), hits / hits[-1]
