"""Resamples of users: how much a score varies with the users whose photos are the test set.

Photos of one user are alike, so users are drawn and not photos, all photos of a user together; a
photo whose user is unknown is a user of its own. A resample is a weight for every photo, so that
a metric that takes weights gives its value and its replicates in one computation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

LEFT_OUT = 0.15
"""Share of the users that a resample lacks."""

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Resamples:
    """Weights of photos, and how far replicates spread.

    Args:
        weights: (1 + R, N) float32, 0 where a resample lacks the photo; row 0, the test set
            itself, is all ones.
        spread: by which the replicates' deviations are multiplied; nan where the test set has
            one user only, of which nothing follows for others.
    """

    weights: NDArray[np.float32]
    spread: float

    def replicate(self, values: NDArray) -> NDArray[np.float64]:
        """Centre a metric's replicates on its value, and spread them as samples of users vary.

        Args:
            values: (1 + R,), the metric of each row of the weights.

        Returns:
            (R,), whose mean is values[0].
        """
        if len(values) == 1:
            return values[1:]
        return values[0] + self.spread * (values[1:] - values[1:].mean())


def number_users(users: Sequence[str | None]) -> NDArray[np.int64]:
    """(N,) numbers of the users of N photos; each unknown user (None, nan) is another one.

    >>> number_users(["ann", None, "bob", "ann", None]).tolist()
    [0, 2, 1, 0, 3]
    """
    numbers, known = pd.factorize(pd.Series(users, dtype=object))
    unknown = numbers < 0
    numbers[unknown] = len(known) + np.arange(unknown.sum())
    return numbers


def draw_resamples(users: NDArray[np.int64], resamples: int, seed: int) -> Resamples:
    """Leave out 15 % of the users, drawn at random, in each resample.

    Drawn with replacement, as in the bootstrap, a resample lacks a third of the users and has
    others twice: it finds fewer tags than a new test set would, and the interval of N+ covers 3
    in 4 times where 19 in 20 are wanted (results/benchmarks/coverage.md). Leaving out d of U
    users and multiplying deviations by sqrt((U - d) / d) has no such fault (delete-d jackknife:
    Shao & Wu, Annals of Statistics 1989). Deviations are also multiplied by the quantile of
    Student's t over that of the normal distribution, with one degree of freedom less than the
    effective number of users, (sum of n)^2 / sum of n^2 for users of n photos (Kish 1965).

    Equal arguments give equal resamples, so that systems can be compared in pairs.

    Args:
        users: (N,) the number of each photo's user, of `number_users` or np.arange(N).

    >>> drawn = draw_resamples(np.array([0, 0, 1, 2]), 2, seed=0)
    >>> drawn.weights.tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 1.0]]
    """
    _, users, photos = np.unique(users, return_inverse=True, return_counts=True)
    n_users = len(photos)
    left_out = max(1, round(LEFT_OUT * n_users))
    weights = np.ones((1 + resamples, len(users)), np.float32)
    if n_users < 2:
        return Resamples(weights, float("nan"))
    generator = np.random.default_rng(seed)
    for resample in range(1, 1 + resamples):
        kept = np.ones(n_users, np.float32)
        kept[generator.choice(n_users, left_out, replace=False)] = 0
        weights[resample] = kept[users]
    effective = photos.sum() ** 2 / (photos.astype(np.float64) ** 2).sum()
    tail = (1 + CONFIDENCE) / 2
    student = stdtrit(effective - 1, tail) / ndtri(tail)
    return Resamples(weights, float(student * np.sqrt((n_users - left_out) / left_out)))


def confidence_interval(value: float, replicates: NDArray, perfect: float) -> tuple[float, float]:
    """95 % interval of a score: 1.96 standard deviations of its replicates on both sides.

    Args:
        value: the score of the test set itself, in [0, perfect].
        replicates: (R,) of `Resamples.replicate`, or means of them over seeds.
        perfect: the best possible score; the interval is clipped to [0, perfect].

    Returns:
        (low, high) with low <= value <= high; (0, perfect) where the replicates are not finite.

    >>> [round(end, 2) for end in confidence_interval(10.0, np.array([9.0, 11.0]), perfect=20.0)]
    [8.04, 11.96]
    """
    half = ndtri((1 + CONFIDENCE) / 2) * np.std(np.asarray(replicates, dtype=np.float64))
    if not np.isfinite(half):
        return 0.0, perfect
    return max(0.0, value - float(half)), min(perfect, value + float(half))
