"""Bootstrap over photos: how much a score varies with the sample of test photos.

A resample is a multiplicity (weight) for every photo. All ones is the test set itself, so a metric
that takes weights gives its value and its replicates in one computation, by matrix products.
"""

import numpy as np
from numpy.typing import NDArray


def bootstrap_weights(photos: int, resamples: int, seed: int) -> NDArray[np.float32]:
    """Draw how often each photo occurs in each resample; the first row is the test set itself.

    Equal arguments give equal weights: every system and seed that is scored on the same photos
    gets the same resamples, so their replicates can be averaged and compared in pairs.

    Returns:
        (1 + resamples, photos) float32, whole numbers; row 0 is all ones, every row sums to
        `photos`. Sums of them stay exact in float32 below 16 million photos.

    >>> bootstrap_weights(4, 2, seed=0).sum(axis=1).tolist()
    [4.0, 4.0, 4.0]
    """
    generator = np.random.default_rng(seed)
    weights = np.ones((1 + resamples, photos), dtype=np.float32)
    for resample in range(1, 1 + resamples):
        weights[resample] = np.bincount(generator.integers(0, photos, photos), minlength=photos)
    return weights


def confidence_interval(
    value: float, replicates: NDArray, perfect: float, confidence: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of the replicates, shifted to correct their bias.

    The percentiles are shifted so that the replicates' mean lies on the value. The shift is zero
    for means over photos. N+ needs it: a resample loses rare words, so all its replicates lie
    below the value and plain percentiles would exclude it (bias of the bootstrap: Efron &
    Tibshirani, An Introduction to the Bootstrap, 1993, ch. 10).

    Args:
        value: the score of the test set itself, in [0, perfect].
        replicates: (R,) the score of each resample.
        perfect: the best possible score; the interval is clipped to [0, perfect].

    Returns:
        (low, high) with low <= value <= high.

    >>> confidence_interval(10.0, np.array([6.0, 7.0, 8.0]), perfect=20.0, confidence=1.0)
    (9.0, 11.0)
    """
    tail = 50 * (1 - confidence)
    replicates = np.asarray(replicates, dtype=np.float64)
    low, high = np.percentile(replicates, [tail, 100 - tail]) - replicates.mean() + value
    return max(0.0, min(float(low), value)), min(perfect, max(float(high), value))
