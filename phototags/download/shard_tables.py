"""Write what became of a shard's urls, and count the outcomes of a corpus.

By polars: pandas, which pyarrow imports to convert Python values, would take more memory than the
download itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from phototags.download.outcomes import Outcome
from phototags.io.storage import atomic_write

if TYPE_CHECKING:
    from phototags.download.journal import Record
    from phototags.photos.shards import Member

Value = TypeVar("Value")
FROM_RECORD = {
    "url": "String",
    "outcome": "String",
    "tries": "Int64",
    "bytes": "Int64",
    "sha256": "String",
    "final_url": "String",
    "seconds": "Float64",
    "detail": "String",
    "width": "Int64",
    "height": "Int64",
}


def write_downloads(path: Path, rows: Sequence[tuple[int, Record, Member | None]]) -> None:
    """Write one row a listed photo: what became of its url.

    Columns row, url, outcome, tries, bytes, sha256, final_url, seconds, detail (what was found,
    in words), width, height, again (a rerun asks again), file (of its content, which several
    photos may share; null when it is not in the tar).
    """
    columns = {"row": ("Int64", [row for row, _, _ in rows])} | {
        name: (kind, [getattr(record, name) for _, record, _ in rows])
        for name, kind in FROM_RECORD.items()
    }
    columns["again"] = ("Boolean", [record.retry_next_run for _, record, _ in rows])
    columns["file"] = ("String", [member.file if member else None for _, _, member in rows])
    write_columns(path, columns)


def write_columns(path: Path, columns: Mapping[str, tuple[str, Sequence]]) -> None:
    """Write a parquet table of named columns, each polars' type and its values; None is null."""
    import polars as pl

    series = [
        pl.Series(name, [_encodable(value) for value in values], getattr(pl, kind))
        for name, (kind, values) in columns.items()
    ]
    with atomic_write(path) as part:
        pl.DataFrame(series).write_parquet(part)


def _encodable(value: Value) -> Value:
    """The value; in a text, what UTF-8 cannot hold (lone surrogates) replaced."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many listed photos ended in one outcome.

    Args:
        share: of all listed photos, in [0, 1].
        again: of them, those that a rerun asks again.
        bytes: that came for them.
        example: the first such url.
    """

    outcome: Outcome
    photos: int
    share: float
    again: int
    bytes: int
    example: str


def count_outcomes(downloads: Path | Iterable[Path]) -> list[OutcomeCount]:
    """What became of the photos of one or more shards, the commonest outcome first.

    Args:
        downloads: tables that `write_downloads` wrote.

    Returns:
        one entry an outcome that occurred; the counts add up to the listed photos. Photos whose
        content another photo has too are counted among `ok`.
    """
    import polars as pl

    paths = [downloads] if isinstance(downloads, str | Path) else downloads
    columns = ["outcome", "again", "bytes", "url"]
    table = pl.concat(pl.read_parquet(path, columns=columns) for path in paths)
    counts = table.group_by("outcome").agg(
        pl.len().alias("photos"),
        (pl.len() / len(table)).alias("share"),
        pl.sum("again", "bytes"),
        pl.first("url").alias("example"),
    )
    counts = counts.sort("photos", "outcome", descending=[True, False])
    return [
        OutcomeCount(**row | {"outcome": Outcome(row["outcome"])})
        for row in counts.iter_rows(named=True)
    ]
