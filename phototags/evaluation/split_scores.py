"""Scores of a tagger on one split of a corpus, with what means over several splits need."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from phototags.evaluation.metrics.all_metrics import MetricResult, compute_metrics
from phototags.evaluation.metrics.resamples import Resamples
from phototags.evaluation.metrics.summary import NAMES
from phototags.evaluation.metrics.tag_precisions import mean_average_precisions

SPLIT_SCORES = pa.schema(
    [("test", pa.string()), ("system", pa.string()), ("bridge", pa.string())]
    + [("training_photos", pa.string()), ("metric", pa.string()), ("k", pa.int64())]
    + [("value", pa.float64()), ("photos", pa.int64()), ("tags", pa.int64())]
    + [("users", pa.int64()), ("replicates", pa.list_(pa.float32()))]
)
"""Columns of a split's scores. `training_photos`: ALL, or the band of tags that are scored."""

ALL = "all"
BANDS = {"1-10": 10, "11-30": 30, "31-100": 100, "over 100": np.inf}
"""Bands of tags by their number of training photos, and the last number of each."""


def find_bands(training_photos: Sequence[int]) -> NDArray:
    """Name the band of each tag.

    >>> find_bands([3, 10, 11, 1500]).tolist()
    ['1-10', '1-10', '11-30', 'over 100']
    """
    places = np.searchsorted(list(BANDS.values()), training_photos)
    return np.array(list(BANDS))[places]


def score_words(
    scores: NDArray,
    relevant: NDArray[np.bool_],
    resamples: Resamples,
    bands: NDArray,
    users: NDArray[np.int64],
) -> pd.DataFrame:
    """Score words: the main metrics of all, and mAP over the words of each band.

    Args:
        scores: (N, W) of the words. relevant: (N, W) bool; every photo has a word.
        resamples: of these photos, taken from resamples of a whole corpus.
        bands: (W,) of `find_bands`. users: (N,) numbers.

    Returns:
        columns of SPLIT_SCORES from training_photos on. Photos, words and users are those that
        count: all photos and their users, and the words that a photo has.
    """
    results = [(ALL, relevant, one) for one in compute_all(scores, relevant, resamples)]
    for band in BANDS:
        own = bands == band
        if relevant[:, own].any():
            result = compute_map(scores[:, own], relevant[:, own], resamples)
            results.append((band, relevant[:, own], result))
    rows = [
        {"training_photos": band, **vars(result), "tags": int(of.any(axis=0).sum())}
        for band, of, result in results
    ]
    return pd.DataFrame(rows).assign(photos=len(relevant), users=len(np.unique(users)))


def compute_all(
    scores: NDArray, relevant: NDArray[np.bool_], resamples: Resamples
) -> Iterator[MetricResult]:
    """The metrics of NAMES; replicates of resamples without any of the photos are nan."""
    valid, own = select_valid(relevant, resamples)
    for one in compute_metrics(scores, relevant, own):
        if (one.metric, one.k) in NAMES:
            yield MetricResult(one.metric, one.k, one.value, fill(one.replicates, valid))


def compute_map(scores: NDArray, relevant: NDArray[np.bool_], resamples: Resamples) -> MetricResult:
    """mAP over some words; replicates of resamples where no photo has one of them are nan."""
    valid, own = select_valid(relevant, resamples)
    values = mean_average_precisions(scores, relevant, own.weights)
    return MetricResult("map", 0, float(values[0]), fill(own.replicate(values), valid))


def select_valid(
    relevant: NDArray[np.bool_], resamples: Resamples
) -> tuple[NDArray[np.bool_], Resamples]:
    """(1 + R,) whether each resample has a photo with one of the words, and those that have."""
    valid = resamples.weights @ relevant.any(axis=1).astype(np.float32) > 0
    return valid, Resamples(resamples.weights[valid], resamples.spread)


def fill(replicates: NDArray, valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(R,) replicates, nan where a resample is not valid."""
    filled = np.full(len(valid) - 1, np.nan)
    filled[valid[1:]] = replicates
    return filled
