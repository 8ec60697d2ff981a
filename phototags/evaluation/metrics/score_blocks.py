"""Scores of many photos for many tags, made a block of photos at a time.

50,000 photos and 20,000 tags have 4 GB of scores and 1 GB of flags; a metric needs neither at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phototags.tags.encoding import TagSets

BLOCK = 1 << 24
"""Scores of a block: 64 MB in float32."""

Photos = slice | NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ScoreBlocks:
    """Scores that can be read again and again, any photos at a time.

    Args:
        shape: (N, T), photos and tags.
        read: gives the (B, T) scores of some photos, the same ones each time.
    """

    shape: tuple[int, int]
    read: Callable[[Photos], NDArray]

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[tuple[NDArray[np.intp], NDArray]]:
        """Yield blocks: (B,) numbers of photos, ascending, and their (B, T) scores.

        Raises:
            ValueError: when a score is NaN.
        """
        step = max(1, BLOCK // max(self.shape[1], 1))
        for start in range(0, len(self), step):
            part = slice(start, min(start + step, len(self)))
            scores = self.read(part)
            if np.isnan(scores).any():
                raise ValueError(f"{int(np.isnan(scores).sum())} of {scores.size} scores are NaN")
            yield np.arange(part.start, part.stop), scores

    def select(self, photos: NDArray) -> ScoreBlocks:
        """The scores of some photos: indices or a (N,) bool mask."""
        chosen = np.arange(len(self))[photos]
        return ScoreBlocks((len(chosen), self.shape[1]), lambda part: self.read(chosen[part]))

    def map(self, function: Callable[[NDArray, Photos], NDArray], columns: int) -> ScoreBlocks:
        """The scores that a function makes of a block and its photos, `columns` in a row."""
        return ScoreBlocks((len(self), columns), lambda part: function(self.read(part), part))


def as_blocks(scores: ArrayLike | ScoreBlocks) -> ScoreBlocks:
    """An (N, T) matrix of numbers as blocks; blocks as they are."""
    if isinstance(scores, ScoreBlocks):
        return scores
    scores = np.asarray(scores)
    scores = scores if scores.dtype.kind == "f" else scores.astype(np.float64)
    return ScoreBlocks(scores.shape, lambda part: scores[part])


def as_tag_sets(relevant: ArrayLike | TagSets, shape: tuple[int, int] | None = None) -> TagSets:
    """An (N, T) bool matrix of photos and their tags as sets; sets as they are.

    Args:
        shape: of the scores, if there are any.

    Raises:
        ValueError: when the relevant tags are of another shape.
    """
    if isinstance(relevant, TagSets):
        given, wanted = (len(relevant),), shape and shape[:1]
    else:
        relevant = np.asarray(relevant, dtype=bool)
        given, wanted = relevant.shape, shape
    if wanted is not None and given != wanted:
        raise ValueError(f"scores and relevant must be of one shape (N, T), not {wanted}, {given}")
    if isinstance(relevant, TagSets):
        return relevant
    photos, tags = np.nonzero(relevant)
    sizes = np.bincount(photos, minlength=len(relevant))
    return TagSets.from_sizes(tags.astype(np.int32), sizes)
