"""Tags of photos as ids of a vocabulary, and every conversion between texts, ids and matrices.

`TagSets` (flat ids and offsets) is what is counted, merged and learned from. Padded rows for
batches of torch are made in phototags.tags.padding.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class TagSets:
    """The tags of N photos as a ragged array of ids.

    Args:
        ids: (n,) int32, tag ids, photo after photo.
        offsets: (N + 1,) int64, photo i has `ids[offsets[i]:offsets[i + 1]]`.
    """

    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]

    @classmethod
    def from_sizes(cls, ids: NDArray[np.int32], sizes: NDArray) -> "TagSets":
        """Build the sets from the number of tags of each photo, (N,) integers."""
        return cls(ids, np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]))

    @classmethod
    def from_series(cls, lists: pl.Series) -> "TagSets":
        """Build the sets from a series of lists of ids; a null list is an empty set."""
        ids = lists.explode(empty_as_null=False, keep_nulls=False).cast(pl.Int32)
        return cls.from_sizes(ids.to_numpy(writable=True), lists.list.len().fill_null(0).to_numpy())

    def to_series(self) -> pl.Series:
        """Return a series of N lists of int32 ids."""
        return self._to_lists(self.ids.astype(np.int32, copy=False)).cast(pl.List(pl.Int32))

    def decode(self, tags: pl.Series) -> pl.Series:
        """Return a series of N lists of texts; `tags` holds the text of each id."""
        return self._to_lists(tags.gather(self.ids).to_arrow()).cast(pl.List(pl.String))

    def _to_lists(self, values: NDArray | pa.Array) -> pl.Series:
        return pl.Series("tags", pa.LargeListArray.from_arrays(self.offsets, values))

    def to_multi_hot(self, n_tags: int) -> NDArray[np.bool_]:
        """Return an (N, T) bool matrix, True where the photo has the tag."""
        matrix = np.zeros((len(self), n_tags), bool)
        matrix[self.photo_indices, self.ids] = True
        return matrix

    def to_csr(self, n_tags: int) -> "csr_matrix":
        """Return an (N, T) float32 sparse matrix, 1 where the photo has the tag."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.ids), np.float32)
        return csr_matrix((ones, self.ids, self.offsets), shape=(len(self), n_tags))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """(N,) int64, the number of tags of each photo."""
        return np.diff(self.offsets)

    @property
    def photo_indices(self) -> NDArray[np.int64]:
        """(n,) int64, the photo of each id."""
        return np.repeat(np.arange(len(self)), self.sizes)

    @property
    def n_pairs(self) -> int:
        """Number of ordered pairs of two tags of one photo, what a skip-gram epoch learns from."""
        return int((self.sizes * (self.sizes - 1)).sum())

    def count(self, n_tags: int) -> NDArray[np.int64]:
        """(T,) int64, the number of photos that have each tag."""
        return np.bincount(self.ids, minlength=n_tags)

    def select(self, photos: NDArray) -> "TagSets":
        """Return the sets of these photos (indices or a bool mask), in the order given."""
        photos = np.arange(len(self))[photos]
        chosen = TagSets.from_sizes(self.ids, self.sizes[photos])
        starts = np.repeat(self.offsets[photos] - chosen.offsets[:-1], chosen.sizes)
        return TagSets(self.ids[starts + np.arange(len(starts))], chosen.offsets)

    def remove(self, removed: NDArray[np.bool_]) -> "TagSets":
        """Return the photos without some tags: (n,) bool, True for each of `ids` to remove."""
        before = np.concatenate([[0], np.cumsum(removed)])
        return TagSets(self.ids[~removed], self.offsets - before[self.offsets])

    def group_by_size(self) -> dict[int, NDArray[np.int32]]:
        """Return the photos of two tags or more, those of L tags together as (B, L) int32.

        Sets of equal size need no padding, and each is one small matrix product.
        """
        sizes = self.sizes
        return {
            int(size): self.ids[self.offsets[:-1][sizes == size][:, None] + np.arange(size)]
            for size in np.unique(sizes[sizes > 1])
        }

    def unique(self) -> "TagSets":
        """Return the photos with each tag once, at its first place."""
        n_tags = int(self.ids.max(initial=-1)) + 1
        same = TagSets(np.arange(n_tags, dtype=np.int32), np.arange(n_tags + 1))
        return self.replace(same, n_tags)

    def replace(self, replacements: "TagSets", n_tags: int) -> "TagSets":
        """Return the photos with each tag replaced by others, each once, in written order.

        Args:
            replacements: a set for each old tag; an empty one removes the tag.
            n_tags: number of new tags, all new ids are below.

        >>> replacements = TagSets(np.array([0, 1, 0]), np.array([0, 1, 1, 3]))  # 1 goes, 2 is two
        >>> sets = TagSets(np.array([2, 1, 0]), np.array([0, 1, 3])).replace(replacements, 2)
        >>> sets.ids.tolist(), sets.offsets.tolist()
        ([1, 0, 0], [0, 2, 3])
        """
        replace = _compile(_replace_ids)
        arrays = self.ids, self.offsets, replacements.ids, replacements.offsets
        return TagSets(*replace(*arrays, n_tags))


def encode_tags(
    photos: Iterable[Iterable[str]] | pl.Series, vocabulary: Sequence[str] | pl.Series
) -> TagSets:
    """Convert the tags of photos to ids; unknown tags and repetitions are left out.

    Args:
        photos: the tags of each photo; a polars series of lists is taken as it is.
        vocabulary: (T,) distinct tags, by id.

    Returns:
        as many sets as photos, tags in written order.

    >>> sets = encode_tags([["sea", "sky"], ["unheard of"], ["sky", "sky"]], ["sky", "sea"])
    >>> sets.ids.tolist(), sets.offsets.tolist()
    ([1, 0, 0], [0, 2, 2, 3])
    """
    if not isinstance(photos, pl.Series):
        photos = pl.Series([list(tags) for tags in photos], dtype=pl.List(pl.String))
    ids = photos.cast(pl.List(pl.Enum(vocabulary)), strict=False)
    ids = ids.list.eval(pl.element().to_physical().cast(pl.Int32).fill_null(-1))
    sets = TagSets.from_series(ids.list.unique(maintain_order=True))
    return sets.remove(sets.ids < 0)


@functools.cache
def _compile(function: Callable) -> Callable:
    from numba import njit  # takes a second to import

    return njit(cache=True, nogil=True)(function)


def _replace_ids(ids, offsets, new_ids, new_offsets, n_tags):
    """Loop of `TagSets.replace`, compiled: one pass without sorting, at the speed of memory."""
    size = 0
    for tag in ids:
        size += new_offsets[tag + 1] - new_offsets[tag]
    found, found_offsets = np.empty(size, np.int32), np.zeros(len(offsets), np.int64)
    last_photo, number = np.full(n_tags, -1, np.int32), 0
    for photo in range(len(offsets) - 1):
        for tag in ids[offsets[photo] : offsets[photo + 1]]:
            for place in range(new_offsets[tag], new_offsets[tag + 1]):
                new = new_ids[place]
                if last_photo[new] != photo:
                    last_photo[new] = photo
                    found[number] = new
                    number += 1
        found_offsets[photo + 1] = number
    return found[:number], found_offsets
