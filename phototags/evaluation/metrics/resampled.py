"""Metrics of a test set and of all its resamples at once, from photo weights.

`weights` is (R, N) throughout: R resamples, N photos (`Resamples.weights`). A photo of weight 2
counts exactly as two equal photos would, ties between the two included.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from phototags.evaluation.metrics.score_blocks import ScoreBlocks, as_blocks, as_tag_sets
from phototags.evaluation.metrics.top_k import mark_top_k, sample_top_k
from phototags.tags.encoding import TagSets

WEIGHTS = 1 << 25
"""Numbers of a matrix over resamples (256 MB in float64); more resamples are taken in parts."""

TIE_DRAWS = 20
"""Random orders of equal scores that the means over tags are averaged over."""

TIE_SEED = 0

TagCounts = tuple[NDArray, NDArray, NDArray]
"""(R, T) each: photos that a tag is predicted for, that it belongs to, and both."""


def photo_means(values: NDArray, weights: NDArray) -> NDArray[np.float64]:
    """Weighted means over photos: (N, M), a value per photo and metric, gives (R, M)."""
    means = [
        part.astype(np.float64) @ values / part.sum(axis=1, dtype=np.float64)[:, None]
        for part in split_resamples(weights, len(values))
    ]
    return np.concatenate(means)


def split_resamples(weights: NDArray, width: int) -> Iterator[NDArray]:
    """Yield the weights of some resamples at a time, so many that WEIGHTS has rows of `width`."""
    step = max(1, WEIGHTS // max(width, 1))
    for start in range(0, len(weights), step):
        yield weights[start : start + step]


def balanced_means(
    values: NDArray, relevant: NDArray[np.bool_] | TagSets, weights: NDArray
) -> NDArray[np.float64]:
    """Means over a balanced test: first a tag, all equally likely, then one of its photos.

    As Denton et al. (KDD 2015) test: a frequent tag counts no more than a rare one.

    Args:
        values: (N, M), a value per photo and metric. relevant: (N, T) bool; every resample has a
            photo with a tag.

    Returns:
        (R, M).
    """
    sets = as_tag_sets(relevant)
    tags = sets.to_csr(int(sets.ids.max(initial=-1)) + 1).astype(np.float64)
    means = []
    for part in split_resamples(weights, max(tags.shape)):
        counts = part @ tags
        shares = np.divide(1, counts, out=np.zeros_like(counts), where=counts > 0)
        means.append(photo_means(values, part * (shares @ tags.T)))
    return np.concatenate(means)


def top_k_tag_means(
    scores: NDArray | ScoreBlocks,
    relevant: NDArray[np.bool_] | TagSets,
    weights: NDArray,
    k: int,
) -> dict[str, NDArray[np.float64]]:
    """`tag_means` of the first `k` tags of each photo, expected over the order of equal scores.

    The expectation has no closed form. Where equal scores decide which tags are the first, it is
    the mean over TIE_DRAWS random orders, the same ones for equal scores.

    Args:
        scores: (N, T) numbers, not NaN. relevant: (N, T) bool, true tags; at least one True.
    """
    blocks = as_blocks(scores)
    n_tags = blocks.shape[1]
    own = as_tag_sets(relevant, blocks.shape).to_csr(n_tags)
    first, tied = find_top_k(blocks, k)
    draws = list(draw_top_k(blocks.select(tied), k)) if tied.any() else []
    means: list[dict] = []
    for part in split_resamples(weights, n_tags):
        counts = count_tags(to_csr(first[~tied], n_tags), own[~tied], part[:, ~tied])
        if not draws:
            means.append(tag_means(counts))
            continue
        drawn = [
            tag_means(
                tuple(map(np.add, counts, count_tags(to_csr(of, n_tags), own[tied], part[:, tied])))
            )
            for of in draws
        ]
        means.append({name: np.mean([draw[name] for draw in drawn], axis=0) for name in drawn[0]})
    return {name: np.concatenate([part[name] for part in means]) for name in means[0]}


def find_top_k(blocks: ScoreBlocks, k: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """(N, k) first tags of each photo, ascending, and (N,) True where equal scores decide them.

    Of the latter the first tags are 0.
    """
    n_photos, n_tags = blocks.shape
    k = min(k, n_tags)
    first, tied = np.zeros((n_photos, k), np.int32), np.zeros(n_photos, bool)
    for photos, scores in blocks:
        marked = mark_top_k(scores, k)
        tied[photos] = many = marked.sum(axis=1) > k
        first[photos[~many]] = np.nonzero(marked[~many])[1].reshape(-1, k)
    return first, tied


def draw_top_k(blocks: ScoreBlocks, k: int) -> NDArray[np.int32]:
    """(TIE_DRAWS, N, k) first tags of each photo, ascending, equal scores in random order.

    The random numbers of a photo and draw are the same in whatever blocks the photos are read.
    """
    n_photos, n_tags = blocks.shape
    draws = np.empty((TIE_DRAWS, n_photos, min(k, n_tags)), np.int32)
    for photos, scores in blocks:
        marked = mark_top_k(scores, k)
        for draw in range(TIE_DRAWS):
            bits = np.random.PCG64(TIE_SEED).advance((draw * n_photos + int(photos[0])) * n_tags)
            chosen = sample_top_k(scores, marked, k, np.random.Generator(bits))
            draws[draw, photos] = np.nonzero(chosen)[1].reshape(len(photos), -1)
    return draws


def to_csr(tags: NDArray[np.int32], n_tags: int) -> csr_matrix:
    """(N, T) sparse matrix of ones at the (N, k) tags of the photos."""
    return TagSets.from_sizes(tags.ravel(), np.full(len(tags), tags.shape[1])).to_csr(n_tags)


def count_tags(
    predicted: NDArray[np.bool_] | csr_matrix,
    relevant: NDArray[np.bool_] | csr_matrix,
    weights: NDArray,
) -> TagCounts:
    """Count the photos of each tag in each resample.

    Args:
        predicted: (N, T) bool, the tags predicted for each photo.
        relevant: (N, T) bool, its true tags.
    """
    given, true = (csr_matrix(pairs, dtype=np.float32) for pairs in (predicted, relevant))
    return tuple(
        np.asarray(weights @ pairs, np.float64, order="C")
        for pairs in (given, true, given.multiply(true))
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


def _share(part: NDArray, whole: NDArray) -> NDArray:
    """part / whole, and 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
