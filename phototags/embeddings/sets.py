"""Photos as sets of tag numbers: all that the tag vectors are learned from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from phototags.tags.repeats import repeated


@dataclass(frozen=True, eq=False)
class TagSets:
    """The tags of each photo as numbers, one after another.

    Args:
        tags: (n,) int32, each photo's tag indices, photo after photo.
        ends: (N + 1,) int64, photo i owns `tags[ends[i]:ends[i + 1]]`.
    """

    tags: np.ndarray
    ends: np.ndarray

    def __len__(self) -> int:
        return len(self.ends) - 1

    @property
    def sizes(self) -> np.ndarray:
        """(N,) int64, tags a photo."""
        return np.diff(self.ends)

    @property
    def pairs(self) -> int:
        """Ordered pairs of two tags of one photo, what an epoch learns from."""
        return int((self.sizes * (self.sizes - 1)).sum())

    def counts(self, vocabulary: int) -> np.ndarray:
        """(T,) int64, photos that have each tag."""
        return np.bincount(self.tags, minlength=vocabulary)

    def of(self, photos: np.ndarray) -> "TagSets":
        """The sets of these photos (indices or a bool mask), in the order given."""
        photos = np.arange(len(self))[photos]
        sizes = self.sizes[photos]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        inside = np.arange(ends[-1]) - np.repeat(ends[:-1], sizes)
        return TagSets(self.tags[np.repeat(self.ends[photos], sizes) + inside], ends)

    def without(self, dropped: np.ndarray) -> "TagSets":
        """The photos less some tags.

        Args:
            dropped: (n,) bool, True for each of `tags` that goes.
        """
        gone = np.concatenate([[0], np.cumsum(dropped)])
        return TagSets(self.tags[~dropped], self.ends - gone[self.ends])

    def by_size(self) -> dict[int, np.ndarray]:
        """Photos of two tags and more, those of L tags together as (B, L) int32.

        Sets of equal size need no padding, and each is one small matrix product.
        """
        sizes = self.sizes
        return {
            int(size): self.tags[self.ends[:-1][sizes == size][:, None] + np.arange(size)]
            for size in np.unique(sizes[sizes > 1])
        }


def tag_sets(photos: Iterable[Iterable[str]] | pl.Series, vocabulary: Sequence[str]) -> TagSets:
    """The tags that are in the vocabulary, each once a photo; photos keep their place.

    Args:
        photos: the tags of each photo; a polars series of lists is taken as it is.
        vocabulary: distinct tags, by number.

    >>> sets = tag_sets([["sea", "sky"], ["unheard of"], ["sky", "sky"]], ["sky", "sea"])
    >>> sets.tags.tolist(), sets.ends.tolist()
    ([1, 0, 0], [0, 2, 2, 3])
    """
    if not isinstance(photos, pl.Series):
        photos = pl.Series([list(tags) for tags in photos], dtype=pl.List(pl.String))
    number = pl.col("tag").cast(pl.Enum(vocabulary), strict=False).to_physical()
    pairs = photos.to_frame("tag").with_row_index("photo").explode("tag")
    pairs = pairs.with_columns(number.cast(pl.Int32)).drop_nulls("tag")
    owner, tags = (pairs[name].to_numpy() for name in ("photo", "tag"))
    first = ~repeated(owner, tags, len(vocabulary))
    sizes = np.bincount(owner[first], minlength=len(photos))
    return TagSets(tags[first], np.concatenate([[0], np.cumsum(sizes)]))
