"""Read the tags of a part of a corpus as ids, a block of photos at a time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from phototags.tags.encoding import TagSets, encode_tags
from phototags.tags.split import select_part

BLOCK_PHOTOS = 131_072


def read_tag_sets(
    tags: Path | str, split: Path | str, part: str, vocabulary: Sequence[str]
) -> TagSets:
    """Read the tags of the photos of a part, in the order of the photos.

    Memory holds the texts of a block, and 4 bytes a tag and 8 a photo of the part.

    Args:
        tags: tags.parquet. split: split.parquet of the same photos.
        part: `train`, `validation` or `test`.
        vocabulary: (T,) distinct tags, by id; others are left out.

    Raises:
        CorpusError: when the split does not have each photo once.
    """
    ids, sizes = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    with pq.ParquetFile(tags) as file:
        for batch in file.iter_batches(BLOCK_PHOTOS, columns=["row", "tags"]):
            photos = select_part(part, split, pl.from_arrow(batch))
            sets = encode_tags(photos["tags"], vocabulary)
            ids.append(sets.ids)
            sizes.append(sets.sizes)
    return TagSets.from_sizes(np.concatenate(ids), np.concatenate(sizes))
