"""All scores of one tagger on one test set, each with its replicates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.metrics.ranking import (
    accuracy_at,
    among_first,
    average_precision,
    hits_in_order,
    precision_at,
    recall_at,
)
from phototags.evaluation.metrics.resampled import mean_average_precisions, photo_means, tag_means

LENGTHS = (1, 5, 10)
"""The k of precision, recall and accuracy of a photo's first k tags."""

GIVEN = 5
"""Tags a photo gets in the per-tag metrics, as in every paper on Corel-5K since 2002."""

PER_PHOTO = {"precision": precision_at, "recall": recall_at, "accuracy": accuracy_at}


@dataclass(frozen=True)
class Measured:
    """One metric: `metric` and `k` (0 where it has none), value, and (R,) replicates."""

    metric: str
    k: int
    value: float
    replicates: NDArray[np.float64]


def perfect_score(metric: str, tags: int) -> float:
    """The best that a metric can be: the number of tags for `n_plus`, 1 for all others.

    >>> perfect_score("n_plus", 260), perfect_score("map", 260)
    (260.0, 1.0)
    """
    return float(tags) if metric == "n_plus" else 1.0


def evaluate(scores: NDArray, relevant: NDArray[np.bool_], weights: NDArray) -> list[Measured]:
    """Every metric of the project, ties counted against the tagger.

    Per photo `precision`, `recall`, `accuracy` at 1, 5, 10 and `miap`; per tag, at five tags a
    photo, `tag_precision`, `tag_recall`, `f1_of_means`, `mean_f1`, `n_plus`; `map` over tags.

    Args:
        scores: (N, T) numbers, not NaN.
        relevant: (N, T) bool; every photo has a tag. Tags without a photo are ranked among the
            others and left out of the means over tags.
        weights: (1 + R, N), row 0 all ones (`bootstrap.multiplicities`).

    Raises:
        ValueError: when a photo has no tag: its recall and its precision mean nothing.
    """
    bare = int((~relevant.any(axis=1)).sum())
    if bare or not len(relevant):
        raise ValueError(f"every photo needs a tag, but {bare} of {len(relevant)} have none")
    measured = {**_of_photos(scores, relevant, weights), **_of_tags(scores, relevant, weights)}
    return [
        Measured(metric, k, float(values[0]), values[1:])
        for (metric, k), values in measured.items()
    ]


def _of_photos(scores: NDArray, relevant: NDArray, weights: NDArray) -> dict:
    hits = hits_in_order(scores, relevant)
    values = {
        (metric, k): function(hits, k) for metric, function in PER_PHOTO.items() for k in LENGTHS
    }
    values["miap", 0] = average_precision(hits)
    means = photo_means(np.stack(list(values.values()), axis=1), weights)
    return dict(zip(values, means.T, strict=True))


def _of_tags(scores: NDArray, relevant: NDArray, weights: NDArray) -> dict:
    predicted = among_first(scores, relevant, GIVEN)
    means = {
        (metric, GIVEN): values
        for metric, values in tag_means(predicted, relevant, weights).items()
    }
    return {**means, ("map", 0): mean_average_precisions(scores, relevant, weights)}
