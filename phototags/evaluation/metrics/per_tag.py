"""Precision, recall and decision thresholds of single tags over photos."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phototags.evaluation.metrics.ranking import sorted_hits

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""(N,) precision and (N,) recall of the first n photos, for each n."""


def precision_recall_curve(scores: ArrayLike, relevant: ArrayLike) -> Curve:
    """Precision and recall of the first n photos, for each n; ties count against the tag.

    Args:
        scores: (N,) higher is likelier. relevant: (N,) bool, at least one True.

    Returns:
        (N,) and (N,), in [0, 1]; the mean of the precisions at the relevant places is the
        tag's average precision.

    >>> precision, recall = precision_recall_curve([0.9, 0.8, 0.1], [True, False, True])
    >>> precision.round(2).tolist(), recall.tolist()
    ([1.0, 0.5, 0.67], [0.5, 0.5, 1.0])
    """
    hits = sorted_hits(np.atleast_2d(scores), np.atleast_2d(relevant))[0].cumsum()
    return hits / np.arange(1, len(hits) + 1), hits / hits[-1]


def best_f1_thresholds(scores: NDArray, relevant: NDArray) -> NDArray[np.float64]:
    """Choose for each tag the score threshold of best F1, on photos not trained on.

    A photo has the tag where `score >= threshold`, so photos of equal scores are accepted
    together or not at all. Among equally good thresholds the highest is taken.

    Args:
        scores: (N, T) float, higher is likelier. relevant: (N, T) bool.

    Returns:
        (T,) float64; nan for a tag that no photo has.

    >>> scores = np.array([[0.9], [0.7], [0.4], [0.1]])
    >>> best_f1_thresholds(scores, np.array([[True], [False], [True], [False]]))
    array([0.4])
    """
    thresholds = np.full(scores.shape[1], np.nan)
    for tag in np.flatnonzero(relevant.any(0)):
        order = np.argsort(-scores[:, tag], kind="stable")
        values, hits = scores[order, tag], relevant[order, tag].cumsum()
        f1 = 2 * hits / (np.arange(1, len(order) + 1) + hits[-1])
        f1[:-1][values[:-1] == values[1:]] = -1  # no threshold between equal scores
        thresholds[tag] = values[f1.argmax()]
    return thresholds
