"""Average precision of tags over photos, for a test set and all its resamples at once.

The scores of the true pairs of a photo and a tag are collected first. Then every score is placed
among those of its tag's true pairs, and the photo's weights are added there: no tag's scores are
sorted, and what is kept grows with the true pairs and not with photos times tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phototags.evaluation.metrics.ranking import expected_precisions, harmonic_numbers
from phototags.evaluation.metrics.score_blocks import ScoreBlocks, as_blocks, as_tag_sets
from phototags.tags.encoding import TagSets

COUNTS = 1 << 25
"""Counts that are kept at once (128 MB in float32); with more, the scores are read again."""


@dataclass(frozen=True, eq=False)
class Ties:
    """The true pairs of some tags, equal scores of a tag as one tie; tag after tag, best first.

    Args:
        tags: (G,) tag of each tie. values: (G,) its score.
        pairs: the true pairs, in this order: their photos. first: (G,) place of a tie's first pair.
    """

    tags: NDArray[np.int32]
    values: NDArray[np.floating]
    pairs: NDArray[np.intp]
    first: NDArray[np.intp]

    def split(self, ties: int) -> Iterator[Ties]:
        """Parts of whole tags, of about so many ties."""
        starts = np.flatnonzero(np.append(True, self.tags[1:] != self.tags[:-1]))
        cuts = starts[np.append(0, np.flatnonzero(np.diff(starts // ties)) + 1)]
        for start, end in zip(cuts, [*cuts[1:], len(self.tags)], strict=True):
            pairs = slice(self.first[start], self.first[end] if end < len(self.tags) else None)
            first = self.first[start:end] - self.first[start]
            yield Ties(self.tags[start:end], self.values[start:end], self.pairs[pairs], first)


def mean_average_precisions(
    scores: ArrayLike | ScoreBlocks, relevant: ArrayLike | TagSets, weights: NDArray
) -> NDArray[np.float64]:
    """mAP of each resample, over the tags that a photo of the resample has; perfect 1.

    Expected over the order of equal scores, as `ranking.average_precision`; a photo that the
    resample has twice is tied with itself.

    Args:
        scores: (N, T) numbers, not NaN.
        relevant: (N, T) bool; every resample has a photo with a tag.
        weights: (R, N) of the photos.

    Returns:
        (R,); for weights of one, `ranking.mean_average_precision`.
    """
    total, counted = np.zeros(len(weights)), np.zeros(len(weights))
    for _, precisions, present in tag_precisions(scores, relevant, weights):
        total += np.divide(precisions, present, out=np.zeros_like(precisions), where=present > 0)
        counted += present > 0
    return total / counted


def tag_precisions(
    scores: ArrayLike | ScoreBlocks, relevant: ArrayLike | TagSets, weights: NDArray
) -> Iterator[tuple[int, NDArray[np.float64], NDArray]]:
    """Sum of the precisions at each tag's photos, and how many photos those are.

    Args:
        scores, relevant, weights: of `mean_average_precisions`.

    Yields:
        tag, (R,) and (R,), for each tag that a photo has, in their order.
    """
    blocks = as_blocks(scores)
    sets = as_tag_sets(relevant, blocks.shape)
    if not len(sets.ids):
        return
    by_photo = np.ascontiguousarray(weights.T, dtype=np.float32)
    harmonic = harmonic_numbers(int(weights.sum(axis=1).max()))
    for ties in find_ties(blocks, sets).split(max(1, COUNTS // (2 * len(weights)))):
        above, size = count_photos(blocks, ties, by_photo)
        hits = np.add.reduceat(by_photo[ties.pairs], ties.first, axis=0)
        starts = np.flatnonzero(np.append(True, ties.tags[1:] != ties.tags[:-1]))
        for start, end in zip(starts, [*starts[1:], len(ties.tags)], strict=True):
            of = slice(start, end)
            hits_above = np.cumsum(hits[of], axis=0) - hits[of]
            counts = np.cumsum(above[of], axis=0), size[of], hits[of], hits_above
            precisions = expected_precisions(*counts, harmonic).sum(axis=0)
            yield int(ties.tags[start]), precisions, hits_above[-1] + hits[end - 1]


def find_ties(blocks: ScoreBlocks, sets: TagSets) -> Ties:
    """Collect the scores of the true pairs, and sort them by tag and score."""
    parts = []
    for photos, scores in blocks:
        own = sets.select(photos)
        parts.append(scores[own.photo_indices, own.ids])
    values = np.concatenate(parts)
    order = np.lexsort((-values, sets.ids))
    tags, values = sets.ids[order], values[order]
    new = (tags[1:] != tags[:-1]) | (values[1:] != values[:-1])
    first = np.flatnonzero(np.append(True, new))
    return Ties(tags[first], values[first], sets.photo_indices[order], first)


def count_photos(
    blocks: ScoreBlocks, ties: Ties, by_photo: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight of the photos whose score of the tag lies between a tie and the one before, or equals
    it: two (G, R), integers as long as a resample has less than 2^24 photos.

    Args:
        by_photo: (N, R) weights.
    """
    from phototags.evaluation.metrics.numba_places import add_weights  # takes a second to import

    between, equal = np.zeros((2, len(ties.tags), by_photo.shape[1]), np.float32)
    tags, starts = np.unique(ties.tags, return_index=True)
    ends = np.append(starts[1:], len(ties.tags))
    for photos, scores in blocks:
        add_weights(scores, tags, starts, ends, ties.values, by_photo[photos], between, equal)
    return between, equal
