"""From which score on a tag is best believed: chosen on photos that training did not learn from."""

import numpy as np
from numpy.typing import NDArray


def best_thresholds(scores: NDArray, relevant: NDArray) -> NDArray[np.float64]:
    """For each tag the score from which on saying the tag gives the best F1.

    A threshold is the lowest score that is still believed (`score >= threshold`); photos of
    equal scores are believed together or not at all. Of equally good ones the highest, which
    says less. Chosen on few photos it is as uncertain as they are few.

    Args:
        scores: (N, T) float, more is likelier. relevant: (N, T) bool.

    Returns:
        (T,) float64; nan for a tag that no photo has: there is nothing to choose by.

    >>> scores = np.array([[0.9], [0.7], [0.4], [0.1]])
    >>> best_thresholds(scores, np.array([[True], [False], [True], [False]]))
    array([0.4])
    """
    found = np.full(scores.shape[1], np.nan)
    for tag in np.flatnonzero(relevant.any(0)):
        order = np.argsort(-scores[:, tag], kind="stable")
        values, hits = scores[order, tag], relevant[order, tag].cumsum()
        f1 = 2 * hits / (np.arange(1, len(order) + 1) + hits[-1])
        f1[:-1][values[:-1] == values[1:]] = -1  # no cut between equal scores
        found[tag] = values[f1.argmax()]
    return found
