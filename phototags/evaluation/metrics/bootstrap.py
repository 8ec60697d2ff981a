"""How far a score would move had other photos been drawn: a bootstrap over photos.

A resample is a multiplicity for every photo. All ones is the test set itself, so a metric that
takes multiplicities gives its value and its replicates in one computation, by matrix products.
"""

import numpy as np
from numpy.typing import NDArray


def multiplicities(photos: int, resamples: int, seed: int) -> NDArray[np.float32]:
    """How often each photo is in each resample, the first being the test set itself.

    The same numbers for the same three arguments: every system and seed that is scored on the
    same photos meets the same resamples, so their replicates can be averaged and compared.

    Returns:
        (1 + resamples, photos) float32, whole numbers; row 0 is all ones, every row sums to
        `photos`. Sums of them stay exact in float32 below 16 million photos.

    >>> multiplicities(4, 2, seed=0).sum(axis=1).tolist()
    [4.0, 4.0, 4.0]
    """
    generator = np.random.default_rng(seed)
    drawn = np.ones((1 + resamples, photos), dtype=np.float32)
    for resample in range(1, 1 + resamples):
        drawn[resample] = np.bincount(generator.integers(0, photos, photos), minlength=photos)
    return drawn


def interval(
    value: float, replicates: NDArray, perfect: float, confidence: float = 0.95
) -> tuple[float, float]:
    """The range that the replicates span around the value, without their bias.

    Percentiles of the replicates, moved so that the replicates' mean lies on the value. The
    move is nothing for means over photos. Counts of words need it: a resample loses rare words,
    so the replicates of N+ all lie below N+ and their bare percentiles would exclude it (the
    bias of the bootstrap: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 10).

    Args:
        value: the score of the test set itself, in [0, perfect].
        replicates: (R,) the score of each resample.
        perfect: the best possible score; the interval never leaves [0, perfect].

    Returns:
        (low, high) with low <= value <= high.

    >>> interval(10.0, np.array([6.0, 7.0, 8.0]), perfect=20.0, confidence=1.0)
    (9.0, 11.0)
    """
    tail = 50 * (1 - confidence)
    replicates = np.asarray(replicates, dtype=np.float64)
    low, high = np.percentile(replicates, [tail, 100 - tail]) - replicates.mean() + value
    return max(0.0, min(float(low), value)), min(perfect, max(float(high), value))
