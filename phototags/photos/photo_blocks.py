"""Read and write the photo table of a corpus in blocks of consecutive rows, however many it has."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from phototags.io.storage import atomic_write
from phototags.photos.photo_table import (
    PACKED,
    PHOTOS,
    SHARD,
    Drop,
    make_photo_table,
    read_drops,
    read_table,
    to_pandas,
)

BLOCK_PHOTOS = 65_536
GROUP_ROWS = 1 << 17  # of a row group: memory of whoever writes or reads a table


class Block(NamedTuple):
    """What is known of consecutive rows of a corpus.

    Args:
        listing: photo table as listed.
        packed: row, file, sha256, width, height of those that were packed.
        drops: of the others.
    """

    listing: pd.DataFrame
    packed: pd.DataFrame
    drops: list[Drop]


def read_blocks(
    listing: Path | str,
    tables: Sequence[Path | str],
    drops: Sequence[Path | str],
    shard_photos: int,
) -> Iterator[Block]:
    """Yield the blocks of a corpus, some whole shards each.

    Args:
        listing: listing.parquet.
        tables: of all shards in order. drops: the same.
        shard_photos: rows of the listing a shard.
    """
    shards = max(1, BLOCK_PHOTOS // shard_photos)
    starts = range(0, len(tables), shards)
    empty = make_photo_table([])
    listed = read_row_blocks(listing, shards * shard_photos)
    for first, photos in zip_longest(starts, listed):
        chosen = slice(0, 0) if first is None else slice(first, first + shards)
        packed = [empty[SHARD.names], *(read_table(table, SHARD) for table in tables[chosen])]
        dropped = [drop for file in drops[chosen] for drop in read_drops(file)]
        yield Block(
            empty if photos is None else photos,
            pd.concat(packed[1:] or packed)[PACKED.names],
            dropped,
        )


def find_repeated(tables: Iterable[Path | str]) -> set[str]:
    """Find the sha256 of images that the shards' tables have more than once.

    Memory holds 8 bytes an image; two contents of one 64-bit hash are told apart afterwards.
    """
    files = [pl.scan_parquet(table).select("sha256") for table in tables]
    hashes = np.sort(
        np.concatenate([file.select(pl.col("sha256").hash()).collect()["sha256"] for file in files])
    )
    twice = pl.Series(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]), dtype=pl.UInt64)
    among = pl.col("sha256").hash().is_in(twice.implode())
    found = [file.filter(among).collect()["sha256"] for file in files] if len(twice) else []
    return set().union(*found)


def read_row_blocks(path: Path | str, rows: int) -> Iterator[pd.DataFrame]:
    """Yield the photo table of the rows 0 to `rows` - 1, of the next `rows`, and so on.

    Memory holds two blocks. A block whose rows the table lacks is empty.
    """
    pending, end = PHOTOS.empty_table(), rows
    for batch in pq.ParquetFile(path).iter_batches(rows):
        read = pa.Table.from_batches([batch])
        pending = pa.concat_tables([pending, read]).combine_chunks()
        while pending.num_rows and pending["row"][-1].as_py() >= end:
            count = int(np.searchsorted(pending["row"].to_numpy(), end))
            yield to_pandas(pending.slice(0, count))
            pending, end = pending.slice(count), end + rows
    yield to_pandas(pending)


def write_photo_blocks(path: Path | str, blocks: Iterable[pd.DataFrame]) -> None:
    """Write photo tables one after the other; the bytes do not depend on how many each has.

    Memory holds the rows of a row group and of a block. A table of one row group has the bytes that
    `write_photos` gives it.
    """
    pending = PHOTOS.empty_table()
    with atomic_write(path) as part, pq.ParquetWriter(part, PHOTOS) as writer:
        for block in blocks:
            content = pa.Table.from_pandas(block, schema=PHOTOS, preserve_index=False)
            pending = pa.concat_tables([pending, content.replace_schema_metadata(None)])
            while len(pending) >= GROUP_ROWS:
                writer.write_table(pending.slice(0, GROUP_ROWS).combine_chunks())
                pending = pending.slice(GROUP_ROWS)
        if len(pending):
            writer.write_table(pending.combine_chunks())
