"""Metrics of a test set and of all its resamples at once, from photo weights.

`weights` is (R, N) throughout: R resamples, N photos (`Resamples.weights`). A photo of weight 2
counts exactly as two equal photos would, ties between the two included.
"""

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.metrics.ranking import (
    check_scores,
    expected_precisions,
    harmonic_numbers,
)
from phototags.evaluation.metrics.top_k import mark_top_k, sample_top_k

BLOCK = 2_000_000
"""Numbers in the largest temporary matrix (16 MB in float64)."""

TIE_DRAWS = 20
"""Random orders of equal scores that the means over tags are averaged over."""

TIE_SEED = 0

TagCounts = tuple[NDArray, NDArray, NDArray]
"""(R, T) each: photos that a tag is predicted for, that it belongs to, and both."""


def photo_means(values: NDArray, weights: NDArray) -> NDArray[np.float64]:
    """Weighted means over photos: (N, M), a value per photo and metric, gives (R, M)."""
    return weights.astype(np.float64) @ values / weights.sum(axis=1, dtype=np.float64)[:, None]


def balanced_means(
    values: NDArray, relevant: NDArray[np.bool_], weights: NDArray
) -> NDArray[np.float64]:
    """Means over a balanced test: first a tag, all equally likely, then one of its photos.

    As Denton et al. (KDD 2015) test: a frequent tag counts no more than a rare one.

    Args:
        values: (N, M), a value per photo and metric. relevant: (N, T) bool; every resample has a
            photo with a tag.

    Returns:
        (R, M).
    """
    tags = relevant.astype(np.float32)
    counts = weights @ tags
    shares = np.divide(1, counts, out=np.zeros_like(counts), where=counts > 0)
    return photo_means(values, weights * (shares @ tags.T))


def top_k_tag_means(
    scores: NDArray, relevant: NDArray[np.bool_], weights: NDArray, k: int
) -> dict[str, NDArray[np.float64]]:
    """`tag_means` of the first `k` tags of each photo, expected over the order of equal scores.

    The expectation has no closed form. Where equal scores decide which tags are the first, it is
    the mean over TIE_DRAWS random orders, the same ones for equal scores.

    Args:
        scores: (N, T) numbers, not NaN. relevant: (N, T) bool, true tags; at least one True.
    """
    marked = mark_top_k(scores, k)
    tied = marked.sum(axis=1) > k if scores.shape[1] > k else np.zeros(len(scores), bool)
    counts = count_tags(marked[~tied], relevant[~tied], weights[:, ~tied])
    if not tied.any():
        return tag_means(counts)
    generator, draws = np.random.default_rng(TIE_SEED), []
    own = scores[tied], marked[tied], k, generator
    for _ in range(TIE_DRAWS):
        drawn = count_tags(sample_top_k(*own), relevant[tied], weights[:, tied])
        draws.append(tag_means(tuple(map(np.add, counts, drawn))))
    return {name: np.mean([draw[name] for draw in draws], axis=0) for name in draws[0]}


def count_tags(
    predicted: NDArray[np.bool_], relevant: NDArray[np.bool_], weights: NDArray
) -> TagCounts:
    """Count the photos of each tag in each resample.

    Args:
        predicted: (N, T) bool, the tags predicted for each photo.
        relevant: (N, T) bool, its true tags.
    """
    return tuple(
        (weights @ pairs.astype(np.float32)).astype(np.float64)
        for pairs in (predicted, relevant, predicted & relevant)
    )


def tag_means(counts: TagCounts) -> dict[str, NDArray[np.float64]]:
    """Precision, recall and F1 of each tag, averaged over the tags that a photo has.

    A tag without a photo in the resample is left out; a tag that is predicted for no photo has
    precision 0, as in the papers that average over all words (TagProp, ICCV 2009).

    Args:
        counts: of `count_tags`; every resample has a photo with a tag.

    Returns:
        (R,) each: `tag_precision`, `tag_recall` (means over tags, perfect 1), `f1_of_means`
        (harmonic mean of these two, as the annotation papers; perfect 1), `mean_f1` (mean of
        the tags' F1, scikit-learn's macro F1; perfect 1), `n_plus` (tags found at least once;
        perfect: the number of tags).
    """
    given, true, hits = counts
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

    Expected over the order of equal scores, as `ranking.average_precision`; a photo that the
    resample has twice is tied with itself.

    Args:
        scores: (N, T) numbers, not NaN.
        relevant: (N, T) bool; every resample has a photo with a tag.

    Returns:
        (R,); for weights of one, `ranking.mean_average_precision`.
    """
    scores, relevant = check_scores(scores, relevant)
    by_photo = np.ascontiguousarray(weights.T, dtype=np.float32)
    harmonic = harmonic_numbers(int(weights.sum(axis=1).max()))
    total, counted = np.zeros(len(weights)), np.zeros(len(weights))
    for tag in np.flatnonzero(relevant.any(axis=0)):
        own = np.ascontiguousarray(scores[:, tag])
        precisions, present = _tag_precisions(own, relevant[:, tag], by_photo, harmonic)
        total += _share(precisions, present)
        counted += present > 0
    return total / counted


def _tag_precisions(
    scores: NDArray, relevant: NDArray[np.bool_], by_photo: NDArray, harmonic: NDArray
) -> tuple[NDArray, NDArray]:
    """Sum of the precisions at one tag's photos, and how many photos those are, by resample.

    Args:
        scores: (N,) of the tag. relevant: (N,) bool, photos with the tag.
        by_photo: (N, R) weights. harmonic: H(0), H(1), ...
    """
    found = np.flatnonzero(relevant)
    found = found[np.argsort(-scores[found], kind="stable")]
    negated, first, photos = np.unique(-scores[found], return_index=True, return_counts=True)
    hits = np.add.reduceat(by_photo[found], first, axis=0)
    hits_above = np.cumsum(hits, axis=0) - hits
    precisions = np.zeros(by_photo.shape[1])
    step = max(1, BLOCK // max(by_photo.shape))
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        values = -negated[block, None]
        above = (scores > values).astype(np.float32) @ by_photo
        size, equal = hits[block].copy(), scores == values
        mixed = equal.sum(axis=1) > photos[block]  # photos without the tag are tied too
        size[mixed] = equal[mixed].astype(np.float32) @ by_photo
        ties = above, size, hits[block], hits_above[block]
        precisions += expected_precisions(*ties, harmonic).sum(axis=0)
    return precisions, hits_above[-1] + hits[-1]


def _share(part: NDArray, whole: NDArray) -> NDArray:
    """part / whole, and 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
