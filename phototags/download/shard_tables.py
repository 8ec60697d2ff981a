"""Write the outcomes of a shard's urls, and count those of a corpus.

By polars: pandas, which pyarrow imports to convert Python values, would take more memory than the
download itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.download.outcomes import Outcome
from phototags.io.storage import atomic_write

if TYPE_CHECKING:
    from phototags.download.journal import Record
    from phototags.photos.shards import Member

COLUMNS = {"row": "Int64", "url": "String", "outcome": "String", "tries": "Int64", "bytes": "Int64"}
COLUMNS |= {"sha256": "String", "final_url": "String", "seconds": "Float64", "detail": "String"}
COLUMNS |= {"width": "Int64", "height": "Int64", "again": "Boolean", "file": "String"}


def write_downloads(path: Path, rows: Iterable[tuple[int, Record, Member | None]]) -> None:
    """Write one row for each listed photo: the outcome of its url.

    Columns row, url, outcome, tries, bytes, sha256, final_url, seconds, detail (what was found,
    in words), width, height, again (a rerun asks again), file (of its content, which several
    photos may share; null when it is not in the tar).
    """
    import polars as pl

    lines = [
        asdict(record)
        | {"row": row, "again": record.retry_next_run, "file": member.file if member else None}
        for row, record, member in rows
    ]
    columns = {name: [_make_encodable(line[name]) for line in lines] for name in COLUMNS}
    with atomic_write(path) as part:
        types = {name: getattr(pl, kind) for name, kind in COLUMNS.items()}
        pl.DataFrame(columns, schema=types).write_parquet(part)


def _make_encodable(value: object) -> object:
    """Replace what UTF-8 cannot hold in a text (lone surrogates)."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many listed photos ended in one outcome.

    Args:
        share: of all listed photos, in [0, 1].
        again: of them, those that a rerun asks again.
    """

    outcome: Outcome
    photos: int
    share: float
    again: int


def count_outcomes(downloads: Iterable[Path]) -> list[OutcomeCount]:
    """Count the outcomes of one or more shards, the commonest first.

    Args:
        downloads: tables that `write_downloads` wrote.

    Returns:
        one entry an outcome that occurred; the counts add up to the listed photos. Photos whose
        content another photo has too are counted among `ok`.
    """
    import polars as pl

    table = pl.concat(pl.read_parquet(path, columns=["outcome", "again"]) for path in downloads)
    counts = table.group_by("outcome").agg(pl.len().alias("photos"), pl.sum("again"))
    counts = counts.sort("photos", "outcome", descending=[True, False])
    return [
        OutcomeCount(Outcome(name), photos, photos / len(table), again)
        for name, photos, again in counts.iter_rows()
    ]
