"""Reliability of probabilities: how often what is given the probability p is true."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BINS = 15


class Reliability(NamedTuple):
    """Probabilities and outcomes by bins of equal width; bins without a pair are left out.

    Args:
        low, high: (M,) edges of the bins, low <= p < high (1 belongs to the last).
        pairs: (M,) pairs of photo and tag in the bin.
        predicted: (M,) their mean probability. observed: (M,) share of them that is true.
    """

    low: NDArray
    high: NDArray
    pairs: NDArray
    predicted: NDArray
    observed: NDArray

    @property
    def calibration_error(self) -> float:
        """Expected calibration error in [0, 1], perfect 0: the mean of |predicted - observed|
        over bins, weighted by their pairs (Naeini, Cooper and Hauskrecht, AAAI 2015); nan without
        a pair.
        """
        gaps = np.abs(self.predicted - self.observed)
        return float(np.average(gaps, weights=self.pairs)) if len(self.pairs) else float("nan")


def measure_reliability(probabilities: NDArray, relevant: NDArray, bins: int = BINS) -> Reliability:
    """Compare probabilities with outcomes.

    Args:
        probabilities: any shape, in [0, 1]. relevant: bool of the same shape.

    >>> measured = measure_reliability(np.array([0.1, 0.3, 0.9]), np.array([0, 1, 1]) > 0, bins=2)
    >>> measured.predicted.tolist(), measured.observed.tolist()
    ([0.2, 0.9], [0.5, 1.0])
    >>> round(measured.calibration_error, 4)
    0.2333
    """
    flat, hits = np.ravel(probabilities).astype(np.float64), np.ravel(relevant)
    place = np.minimum((flat * bins).astype(np.int64), bins - 1)
    pairs = np.bincount(place, minlength=bins)
    used = np.flatnonzero(pairs)
    predicted, observed = (
        np.bincount(place, weights, bins)[used] / pairs[used] for weights in (flat, hits)
    )
    return Reliability(used / bins, (used + 1) / bins, pairs[used], predicted, observed)
