"""Ranking metrics; each is its expected value over all orders of equal scores.

A tagger that gives many tags the same score neither profits from the order of the columns nor
pays for it: a constant scorer and a random one are expected to do equally well. The expectations
are closed forms (McSherry & Najork, ECIR 2008), exact but for rounding.
Photos are ranked over tags as (N, T), tags over photos as the transpose. Torch tensors on the
CPU are accepted as well as numpy arrays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phototags.evaluation.metrics.sorted_rows import count_above, count_equal

BLOCK = 1 << 22
"""Scores that are sorted at once: 32 MB in float64."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows of items ranked by score.

    Args:
        scores: (N, T) the scores of each row, ascending.
        rows, own: (M,) row and score of each relevant item.
    """

    scores: NDArray[np.floating]
    rows: NDArray[np.intp]
    own: NDArray[np.floating]

    def count(self, weights: NDArray | None = None) -> NDArray:
        """(N,) the relevant items of each row, or the sum of their (M,) weights."""
        return np.bincount(self.rows, weights, minlength=len(self.scores))


def rank(scores: ArrayLike, relevant: ArrayLike) -> Ranking:
    """Rank the items of each row by score.

    Args:
        scores: (N, T) numbers, not NaN; infinities are allowed.
        relevant: (N, T) bool.

    Raises:
        ValueError: when the shapes differ or a score is NaN.
    """
    scores, relevant = check_scores(scores, relevant)
    rows, columns = np.nonzero(relevant)
    return Ranking(np.sort(scores, axis=1), rows, scores[rows, columns])


def check_scores(scores: ArrayLike, relevant: ArrayLike) -> tuple[NDArray, NDArray[np.bool_]]:
    """Both as arrays (N, T), the scores as floats; raises as `rank`."""
    scores = np.asarray(scores)
    scores = scores if scores.dtype.kind == "f" else scores.astype(np.float64)
    relevant = np.asarray(relevant, dtype=bool)
    if scores.ndim != 2 or scores.shape != relevant.shape:
        raise ValueError(
            f"scores and relevant must be of one shape (N, T), not {scores.shape}, {relevant.shape}"
        )
    if np.isnan(scores).any():
        raise ValueError(f"{int(np.isnan(scores).sum())} of {scores.size} scores are NaN")
    return scores, relevant


def precision_at(ranking: Ranking, k: int) -> NDArray[np.float64]:
    """Expected share of the first `k` places that hold a relevant tag; perfect 1.

    Returns:
        (N,). The denominator is always `k`: in a shorter vocabulary the missing places are misses.
    """
    return _expected_hits(ranking, k) / k


def recall_at(ranking: Ranking, k: int) -> NDArray[np.float64]:
    """Expected share of the relevant tags that are among the first `k`; perfect 1.

    Returns:
        (N,), 0 for a row with nothing relevant (evaluation leaves such photos out).
    """
    return _expected_hits(ranking, k) / np.maximum(ranking.count(), 1)


def hit_rate_at(ranking: Ranking, k: int) -> NDArray[np.float64]:
    """Probability that at least one of the first `k` tags is relevant; perfect 1.

    A@k of Denton et al., KDD 2015, called `accuracy` in the score tables. Of n equal tags, r of
    them relevant, q are among the first k: none is relevant with C(n - r, q) / C(n, q).

    Returns: (N,).
    """
    above, size, places = _last_tie(ranking, k)
    hits_above, hits_tied = _hits_around(ranking, above, size)
    missed = np.ones(len(above))
    for place in range(min(k, ranking.scores.shape[1])):
        share = np.maximum(size - hits_tied - place, 0) / np.maximum(size - place, 1)
        missed *= np.where(place < places, share, 1)
    return np.where(hits_above > 0, 1.0, 1 - missed)


def average_precision(ranking: Ranking) -> NDArray[np.float64]:
    """Expected mean of the precisions at the places of the relevant items; perfect 1.

    Its mean over photos is MiAP (Li, Snoek & Worring, 2009), its mean over tags mAP.

    Returns:
        (N,), 0 for a row with nothing relevant.

    >>> average_precision(rank([[3, 2, 1]], [[True, False, True]])).round(4).tolist()
    [0.8333]
    >>> average_precision(rank([[1, 1, 1]], [[True, False, False]])).round(4).tolist()
    [0.6111]
    """
    order = np.lexsort((-ranking.own, ranking.rows))
    rows, own = ranking.rows[order], ranking.own[order]
    new = np.append(True, (rows[1:] != rows[:-1]) | (own[1:] != own[:-1]))[: len(rows)]
    first = np.flatnonzero(new)
    rows, own = rows[first], own[first]
    hits = np.diff(np.append(first, len(order)))
    row_starts = np.concatenate([[0], np.cumsum(ranking.count())])
    sums = expected_precisions(
        count_above(ranking.scores, rows, own),
        count_equal(ranking.scores, rows, own),
        hits,
        first - row_starts[rows],
        harmonic_numbers(ranking.scores.shape[1]),
    )
    totals = np.bincount(rows, sums, minlength=len(ranking.scores))
    return totals / np.maximum(ranking.count(), 1)


def expected_precisions(
    above: NDArray, size: NDArray, hits: NDArray, hits_above: NDArray, harmonic: NDArray
) -> NDArray[np.float64]:
    """Sum of the precisions at the relevant items of a tie, expected over its random order.

    Place i is relevant with r / n, and then 1 + (i - 1) (r - 1) / (n - 1) of the first i are.

    Args:
        above: R, items before the tie. size: n, items of the tie; 0 adds nothing.
        hits: r, relevant ones of them. hits_above: P, relevant ones before it. Counts, any shape.
        harmonic: H(0), H(1), ... up to the number of items.
    """
    above, size = above.astype(np.intp), size.astype(np.intp)
    slope = (hits - 1) / np.maximum(size - 1, 1)
    sums = harmonic[above + size] - harmonic[above]
    total = (hits_above + 1 - slope * (above + 1)) * sums + slope * size
    return hits / np.maximum(size, 1) * total


def harmonic_numbers(last: int) -> NDArray[np.float64]:
    """H(0) = 0, H(1) = 1, H(2) = 1 + 1/2, ... H(last)."""
    return np.concatenate([[0.0], np.cumsum(1 / np.arange(1, last + 1))])


def mean_average_precision(scores: ArrayLike, relevant: ArrayLike) -> float:
    """mAP: the average precision of each tag's ranking of photos, averaged over tags; perfect 1.

    Tags without a photo are left out; where every tag is, the mAP is 0.

    Args:
        scores: (N, T) numbers, not NaN.
        relevant: (N, T) bool, True where photo and tag belong together.

    >>> mean_average_precision([[0.9, 0.1], [0.1, 0.9]], [[True, False], [False, True]])
    1.0
    """
    scores, relevant = check_scores(scores, relevant)
    used = np.flatnonzero(relevant.any(axis=0))
    step = max(1, BLOCK // max(len(scores), 1))
    parts = [used[start : start + step] for start in range(0, len(used), step)]
    total = sum(
        average_precision(rank(scores[:, part].T, relevant[:, part].T)).sum() for part in parts
    )
    return float(total / max(len(used), 1))


def _expected_hits(ranking: Ranking, k: int) -> NDArray[np.float64]:
    """(N,) relevant items expected among the first k."""
    above, size, places = _last_tie(ranking, k)
    hits_above, hits_tied = _hits_around(ranking, above, size)
    return hits_above + hits_tied * places / size


def _last_tie(ranking: Ranking, k: int) -> tuple[NDArray, NDArray, NDArray]:
    """(N,) each: items above the tie that place k is in, items of it, and its places up to k."""
    n_rows, n_items = ranking.scores.shape
    k, rows = min(k, n_items), np.arange(n_rows)
    least = ranking.scores[:, n_items - k]
    above = count_above(ranking.scores, rows, least)
    return above, count_equal(ranking.scores, rows, least), k - above


def _hits_around(ranking: Ranking, above: NDArray, size: NDArray) -> tuple[NDArray, NDArray]:
    """(N,) relevant items above a tie of each row, and in it; arguments of `_last_tie`."""
    least = ranking.scores[np.arange(len(above)), ranking.scores.shape[1] - above - size]
    compared = least[ranking.rows]
    return ranking.count(ranking.own > compared), ranking.count(ranking.own == compared)
