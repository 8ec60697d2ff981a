"""All metrics of one tagger on one test set, with replicates and lower bounds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.metrics.ranking import (
    average_precision,
    hit_rate_at,
    precision_at,
    rank,
    recall_at,
)
from phototags.evaluation.metrics.resampled import balanced_means, photo_means, top_k_tag_means
from phototags.evaluation.metrics.resamples import Resamples
from phototags.evaluation.metrics.score_blocks import ScoreBlocks, as_blocks, as_tag_sets
from phototags.evaluation.metrics.tag_precisions import mean_average_precisions
from phototags.tags.encoding import TagSets

CUTOFFS = (1, 5, 10)
"""The k of precision, recall and accuracy of a photo's first k tags."""

TAGS_PER_PHOTO = 5
"""Tags predicted for each photo in per-tag metrics, as in every paper on Corel-5K since 2002."""

PER_PHOTO = {"precision": precision_at, "recall": recall_at, "accuracy": hit_rate_at}

BALANCED = (("precision", 1), ("recall", 10), ("accuracy", 10))
"""(metric, k) that are also computed on a balanced test, `balanced_precision` and so on: what
Denton et al. (KDD 2015) report."""

BOUNDED = frozenset(
    [("precision", 1), ("precision", 5), ("recall", 5), ("accuracy", 10), ("miap", 0), ("map", 0)]
)
"""(metric, k) that have a lower bound."""

SUFFIX = "_lower_bound"


@dataclass(frozen=True)
class MetricResult:
    """One metric: `metric` and `k` (0 where it has none), value, and (R,) replicates around it."""

    metric: str
    k: int
    value: float
    replicates: NDArray[np.float64]


def perfect_score(metric: str, tags: int) -> float:
    """The best possible value of a metric: the number of tags for `n_plus`, 1 for all others.

    >>> perfect_score("n_plus", 260), perfect_score("map", 260)
    (260.0, 1.0)
    """
    return float(tags) if metric == "n_plus" else 1.0


def compute_metrics(
    scores: NDArray | ScoreBlocks, relevant: NDArray[np.bool_] | TagSets, resamples: Resamples
) -> list[MetricResult]:
    """Compute every metric of the project, expected over the order of equal scores.

    Per photo `precision`, `recall`, `accuracy` at 1, 5, 10 and `miap`; of a balanced test
    `balanced_precision` at 1, `balanced_recall` and `balanced_accuracy` at 10; per tag, at five
    tags a photo, `tag_precision`, `tag_recall`, `f1_of_means`, `mean_f1`, `n_plus`; `map` over
    tags.

    Args:
        scores: (N, T) numbers, not NaN; blocks are read four times, more often with resamples.
        relevant: (N, T) bool or sets; every photo has a tag. Tags without a photo are ranked among
            the others and left out of the means over tags.
        resamples: R resamples of the N photos.

    Raises:
        ValueError: when a photo has no tag: its recall and its precision are undefined.
    """
    blocks = as_blocks(scores)
    sets = as_tag_sets(relevant, blocks.shape)
    untagged = int((sets.sizes == 0).sum())
    if untagged or not len(sets):
        raise ValueError(f"every photo needs a tag, but {untagged} of {len(sets)} have none")
    weights = resamples.weights
    tag_means = top_k_tag_means(blocks, sets, weights, TAGS_PER_PHOTO)
    metrics = (
        photo_metrics(blocks, sets, weights)
        | {(metric, TAGS_PER_PHOTO): values for metric, values in tag_means.items()}
        | {("map", 0): mean_average_precisions(blocks, sets, weights)}
    )
    return _to_results(metrics, resamples)


def compute_lower_bounds(
    scores: NDArray | ScoreBlocks,
    relevant: NDArray[np.bool_] | TagSets,
    resamples: Resamples,
    contaminated: NDArray[np.bool_],
    results: list[MetricResult],
) -> list[MetricResult]:
    """Compute the metrics of BOUNDED with every contaminated photo counted as an error.

    On these photos all wrong tags are ranked before the right ones. No scores of the contaminated
    photos give a lower metric, mAP over tags included, so the bound holds whatever the tagger
    owes to near-duplicates in its training data.

    Args:
        scores, relevant, resamples: as in `compute_metrics`.
        contaminated: (N,) bool, True for a photo with a near-duplicate among the training photos.
        results: `compute_metrics` of the scores; they are the bounds if nothing is contaminated.

    Returns:
        one for each metric of BOUNDED, its name followed by SUFFIX.
    """
    if contaminated.any():
        blocks = as_blocks(scores)
        sets = as_tag_sets(relevant, blocks.shape)
        worst = worst_case_blocks(blocks, sets, contaminated)
        weights = resamples.weights
        maps = {("map", 0): mean_average_precisions(worst, sets, weights)}
        results = _to_results(photo_metrics(worst, sets, weights) | maps, resamples)
    return [
        MetricResult(one.metric + SUFFIX, one.k, one.value, one.replicates)
        for one in results
        if (one.metric, one.k) in BOUNDED
    ]


def worst_case_scores(
    scores: NDArray, relevant: NDArray[np.bool_], contaminated: NDArray[np.bool_]
) -> NDArray[np.floating]:
    """The scores, with each contaminated photo's own tags ranked last.

    Nothing else is infinite, so that they are tied with no photo that lacks the tag.

    >>> relevant = np.array([[True, False], [True, False]])
    >>> worst_case_scores(np.ones((2, 2)), relevant, np.array([True, False]))
    array([[-inf,  inf],
           [  1.,   1.]])
    """
    errors = np.where(relevant, -np.inf, np.inf).astype(scores.dtype)
    limits = np.finfo(scores.dtype)
    return np.where(contaminated[:, None], errors, scores.clip(limits.min, limits.max))


def worst_case_blocks(
    blocks: ScoreBlocks, sets: TagSets, contaminated: NDArray[np.bool_]
) -> ScoreBlocks:
    """`worst_case_scores` of each block."""
    n_tags, numbers = blocks.shape[1], np.arange(len(blocks))
    return blocks.map(
        lambda scores, photos: worst_case_scores(
            scores, sets.select(numbers[photos]).to_multi_hot(n_tags), contaminated[photos]
        ),
        n_tags,
    )


def photo_metrics(
    scores: NDArray | ScoreBlocks, relevant: NDArray | TagSets, weights: NDArray
) -> dict[tuple[str, int], NDArray]:
    """The metrics of single photos and of the balanced test, by (metric, k): (1 + R,) each.

    Args:
        scores, relevant: as in `compute_metrics`. weights: (1 + R, N) of the photos.
    """
    blocks = as_blocks(scores)
    sets = as_tag_sets(relevant, blocks.shape)
    parts = [
        score_photos(scores, sets.select(photos).to_multi_hot(blocks.shape[1]))
        for photos, scores in blocks
    ]
    values = {one: np.concatenate([part[one] for part in parts]) for one in parts[0]}
    means = photo_means(np.stack(list(values.values()), axis=1), weights)
    balanced = balanced_means(np.stack([values[one] for one in BALANCED], axis=1), sets, weights)
    names = [(f"balanced_{metric}", k) for metric, k in BALANCED]
    return dict(zip([*values, *names], [*means.T, *balanced.T], strict=True))


def score_photos(
    scores: NDArray, relevant: NDArray[np.bool_]
) -> dict[tuple[str, int], NDArray[np.float64]]:
    """(N,) values of each metric of single photos, by (metric, k)."""
    ranking = rank(scores, relevant)
    values = {
        (metric, k): function(ranking, k) for metric, function in PER_PHOTO.items() for k in CUTOFFS
    }
    return values | {("miap", 0): average_precision(ranking)}


def _to_results(
    metrics: dict[tuple[str, int], NDArray], resamples: Resamples
) -> list[MetricResult]:
    return [
        MetricResult(metric, k, float(values[0]), resamples.replicate(values))
        for (metric, k), values in metrics.items()
    ]
