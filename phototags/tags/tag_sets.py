"""Photos as sets of tag numbers: what is counted, merged and learned from."""

from dataclasses import dataclass

import numpy as np


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

    def replaced(self, becomes: "TagSets", different: int) -> "TagSets":
        """The photos, with each tag once, after it has become others; each once, in written order.

        Args:
            becomes: the tags that each tag becomes; none where it goes.
            different: all new tags are below.

        >>> becomes = TagSets(np.array([0, 1, 0]), np.array([0, 1, 1, 3]))  # 1 goes, 2 is two
        >>> found = TagSets(np.array([2, 1, 0]), np.array([0, 1, 3])).replaced(becomes, 2)
        >>> found.tags.tolist(), found.ends.tolist()
        ([1, 0, 0], [0, 2, 3])
        """
        from phototags.tags.replacing import each_once  # numba takes a second to import

        return TagSets(*each_once(self.tags, self.ends, becomes.tags, becomes.ends, different))

    def once(self, different: int) -> "TagSets":
        """The photos with each tag once, where it comes first; all tags are below `different`."""
        same = np.arange(different, dtype=np.int32)
        return self.replaced(TagSets(same, np.arange(different + 1)), different)
