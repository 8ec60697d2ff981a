"""What a score would be at least, had the tagger never seen the photos that it may have seen."""

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.metrics.all_metrics import Measured, evaluate

BOUNDED = frozenset(
    {
        ("precision", 1),
        ("precision", 5),
        ("recall", 5),
        ("accuracy", 10),
        ("miap", 0),
        ("map", 0),
    }
)
"""(metric, k) that have a lower bound."""

SUFFIX = "_lower_bound"


def lower_bounds(
    scores: NDArray,
    relevant: NDArray[np.bool_],
    weights: NDArray,
    doubted: NDArray[np.bool_],
    measured: list[Measured],
) -> list[Measured]:
    """The metrics when doubted photos count as errors: all their wrong tags before their own.

    No tagger can be worse on these photos, so whatever it owes to having seen them is gone. No
    metric of BOUNDED can be lower with other scores of these photos, mAP over tags included.

    Args:
        scores, relevant, weights: as `evaluate` takes them.
        doubted: (N,) bool, True for a photo with a near-duplicate among those learned from.
        measured: what `evaluate` gives for the scores themselves; the bounds where none is doubted.

    Returns:
        one a metric of BOUNDED, its name followed by SUFFIX.
    """
    if doubted.any():
        measured = evaluate(worst(scores, relevant, doubted), relevant, weights)
    return [
        Measured(one.metric + SUFFIX, one.k, one.value, one.replicates)
        for one in measured
        if (one.metric, one.k) in BOUNDED
    ]


def worst(
    scores: NDArray, relevant: NDArray[np.bool_], doubted: NDArray[np.bool_]
) -> NDArray[np.floating]:
    """The scores, in which each doubted photo has its own tags last and all others first.

    >>> worst(np.ones((2, 2)), np.array([[True, False], [True, False]]), np.array([True, False]))
    array([[-inf,  inf],
           [  1.,   1.]])
    """
    errors = np.where(relevant, -np.inf, np.inf).astype(scores.dtype)
    return np.where(doubted[:, None], errors, scores)
