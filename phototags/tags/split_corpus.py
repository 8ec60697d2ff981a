"""Split a corpus that is larger than memory, by its distinct users."""

import logging
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from polars.io.plugins import register_io_source

from phototags.io.storage import atomic_write
from phototags.params.vocabulary import Split
from phototags.tags.split import split_photos

log = logging.getLogger(__name__)
GROUP_ROWS = 262_144  # of a row group, as polars writes them by default
COLUMNS = {"row": pl.Int64, "photo_id": pl.String, "part": pl.String}


def split_corpus(photos: Path | str, to: Path | str, settings: Split, trained: bool) -> None:
    """Write the part of each photo, as `split_photos` gives it: row, photo_id, part.

    Memory holds a row group and the users; where nobody is named, whose photos are split one by
    one, their ids.

    Raises:
        CorpusError: of `split_photos`.
    """
    table = pl.scan_parquet(photos).with_columns(pl.col("user_id", "split").cast(pl.String))
    named = table.select(pl.col("user_id").is_not_null().any()).collect().item()
    keys = ["user_id", "split"] if named else ["photo_id", "split"]
    owners = table.select(keys).unique().collect(engine="streaming").with_row_index("row")
    missing = [pl.lit(None, pl.String).alias(name) for name in ("photo_id", "user_id")]
    owners = owners.with_columns(one for one in missing if one.meta.output_name() not in keys)
    parts = owners.select(keys).with_columns(split_photos(owners, settings, trained)["part"])
    counts = dict.fromkeys(sorted(parts["part"].unique()), 0)

    def read_parts(*_: object) -> Iterator[pl.DataFrame]:
        wanted = ["row", "photo_id", "user_id", "split"]
        for batch in pq.ParquetFile(photos).iter_batches(GROUP_ROWS, columns=wanted):
            block = pl.from_arrow(batch).with_columns(pl.col("user_id", "split").cast(pl.String))
            joined = block.join(parts, on=keys, how="left", nulls_equal=True, maintain_order="left")
            for part, number in joined["part"].value_counts().iter_rows():
                counts[part] += number
            yield joined.select(*COLUMNS)

    with atomic_write(to) as file:
        table = register_io_source(read_parts, schema=COLUMNS)
        table.sink_parquet(file, row_group_size=GROUP_ROWS)
    log.info("photos: %s", counts)
