"""Metrics of a test set and of all its resamples at once, from photo weights.

`weights` is (R, N) throughout: R resamples, N photos (`bootstrap_weights`). A photo of weight 2
counts exactly as two equal photos would, ties between the two included.
"""

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.metrics.ranking import pessimistic_order

BLOCK = 2_000_000
"""Numbers in the largest temporary matrix (16 MB in float64)."""


def photo_means(values: NDArray, weights: NDArray) -> NDArray[np.float64]:
    """Weighted means over photos: (N, M), a value per photo and metric, gives (R, M)."""
    return weights.astype(np.float64) @ values / weights.sum(axis=1, dtype=np.float64)[:, None]


def tag_means(
    predicted: NDArray[np.bool_], relevant: NDArray[np.bool_], weights: NDArray
) -> dict[str, NDArray[np.float64]]:
    """Precision, recall and F1 of each tag, averaged over the tags that a photo has.

    A tag without a photo in the resample is left out; a tag that is predicted for no photo has
    precision 0, as in the papers that average over all words (TagProp, ICCV 2009).

    Args:
        predicted: (N, T) bool, the tags predicted for each photo.
        relevant: (N, T) bool, its true tags; at least one True.

    Returns:
        (R,) each: `tag_precision`, `tag_recall` (means over tags, perfect 1), `f1_of_means`
        (harmonic mean of these two, as the annotation papers; perfect 1), `mean_f1` (mean of
        the tags' F1, scikit-learn's macro F1; perfect 1), `n_plus` (tags found at least once;
        perfect: the number of tags).
    """
    given, true, hits = (
        (weights @ pairs.astype(np.float32)).astype(np.float64)
        for pairs in (predicted, relevant, predicted & relevant)
    )
    tags = (true > 0).sum(axis=1)
    precision = (_share(hits, given) * (true > 0)).sum(axis=1) / tags
    recall = _share(hits, true).sum(axis=1) / tags
    return {
        "tag_precision": precision,
        "tag_recall": recall,
        "f1_of_means": _share(2 * precision * recall, precision + recall),
        "mean_f1": (_share(2 * hits, given + true) * (true > 0)).sum(axis=1) / tags,
        "n_plus": (hits > 0).sum(axis=1).astype(np.float64),
    }


def mean_average_precisions(
    scores: NDArray, relevant: NDArray[np.bool_], weights: NDArray
) -> NDArray[np.float64]:
    """mAP of each resample, over the tags that a photo of the resample has; perfect 1.

    Args:
        scores: (N, T) numbers, not NaN.
        relevant: (N, T) bool; every resample has a photo with a tag.

    Returns:
        (R,); for weights of one, `ranking.mean_average_precision`.
    """
    photos, tags = relevant.shape
    ranks = np.empty((tags, photos), dtype=np.intp)
    order = pessimistic_order(scores.T, relevant.T)
    np.put_along_axis(ranks, order, np.arange(photos)[None, :], axis=1)
    by_photo = np.ascontiguousarray(weights.T, dtype=np.float32)
    longest = int(weights.sum(axis=1).max())
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, longest + 1))])
    total, counted = np.zeros(len(weights)), np.zeros(len(weights))
    for tag in range(tags):
        found = order[tag][relevant[order[tag], tag]]
        if len(found):
            precisions, present = _tag_precisions(ranks[tag], found, by_photo, harmonic)
            total += _share(precisions, present)
            counted += present > 0
    return total / counted


def _tag_precisions(
    ranks: NDArray[np.intp], found: NDArray[np.intp], by_photo: NDArray, harmonic: NDArray
) -> tuple[NDArray, NDArray]:
    """Sum of the precisions at one tag's photos, and how many photos those are, by resample.

    A photo of weight m behind P photos with the tag and E without it adds
    sum over j = 1..m of (P+j)/(P+E+j) = m - E (H(P+E+m) - H(P+E)), H the harmonic numbers.

    Args:
        ranks: (N,) place of each photo. found: (F,) photos with the tag, by place.
        by_photo: (N, R) weights. harmonic: H(0), H(1), ...
    """
    present = np.zeros(by_photo.shape[1])
    precisions = np.zeros(by_photo.shape[1])
    step = max(1, BLOCK // max(by_photo.shape))
    for start in range(0, len(found), step):
        block = found[start : start + step]
        own = by_photo[block]
        before = (ranks < ranks[block][:, None]).astype(np.float32) @ by_photo
        hits = present + np.cumsum(own, axis=0) - own
        sums = harmonic[(before + own).astype(np.intp)] - harmonic[before.astype(np.intp)]
        precisions += (own - (before - hits) * sums).sum(axis=0)
        present = hits[-1] + own[-1]
    return precisions, present


def _share(part: NDArray, whole: NDArray) -> NDArray:
    """part / whole, and 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
