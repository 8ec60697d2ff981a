"""The tags of photos as numbers of a vocabulary: all that the tag vectors are learned from."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from phototags.tags.repeats import repeated
from phototags.tags.tag_sets import TagSets


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
