"""The tables of a shard, and what a corpus lost on its way here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phototags.download.columns import write_columns
from phototags.download.journal import Record
from phototags.download.outcomes import Outcome
from phototags.download.packing import Member

Row = tuple[int, Record, Member | None]


def read_urls(listing: Path, shard: int, shard_photos: int) -> list[tuple[int, str | None]]:
    """The rows and photo urls of one shard, from a listing's columns `row` and `photo_url`."""
    import pyarrow.parquet as parquet

    rows = parquet.read_table(listing, columns=["row", "photo_url"]).to_pydict()
    pairs = zip(rows["row"], rows["photo_url"], strict=True)
    return [(row, url) for row, url in pairs if row // shard_photos == shard]


def write_members(path: Path, tar: str, rows: Sequence[Row]) -> None:
    """Columns row, file, sha256, width, height: every photo that is had, duplicates too.

    Photos of the same content name the same file.
    """
    had = [(row, record, member) for row, record, member in rows if member is not None]
    columns = {
        "row": ("int64", [row for row, _, _ in had]),
        "file": ("string", [f"{tar}/{member.name}" for _, _, member in had]),
        "sha256": ("string", [record.sha256 for _, record, _ in had]),
        "width": ("int64", [record.width for _, record, _ in had]),
        "height": ("int64", [record.height for _, record, _ in had]),
    }
    write_columns(path, columns)


SAID = {
    "url": "string",
    "outcome": "string",
    "tries": "int64",
    "bytes": "int64",
    "sha256": "string",
    "final_url": "string",
    "seconds": "float64",
    "detail": "string",
    "again": "bool",
}


def write_downloads(path: Path, tar: str, rows: Sequence[Row]) -> None:
    """One row a listed photo: what became of its url.

    Columns row, url, outcome, tries, bytes, sha256, final_url, seconds, detail (what was found,
    in words), again (a rerun asks again), file (of its content; null when it is not had).
    """
    said = {
        name: (kind, [getattr(record, name) for _, record, _ in rows])
        for name, kind in SAID.items()
    }
    files = [f"{tar}/{member.name}" if member else None for _, _, member in rows]
    numbers = [row for row, _, _ in rows]
    write_columns(path, {"row": ("int64", numbers)} | said | {"file": ("string", files)})


@dataclass(frozen=True, slots=True)
class Loss:
    """How many listed photos ended in one outcome.

    Args:
        share: of all listed photos, in [0, 1].
        again: of them, those that a rerun asks again.
        bytes: that came for them.
        example: the first such url.
    """

    outcome: str
    photos: int
    share: float
    again: int
    bytes: int
    example: str


def census(downloads: Path | Iterable[Path]) -> list[Loss]:
    """What became of the photos of one or more shards, the commonest outcome first.

    Args:
        downloads: tables that `write_downloads` wrote.

    Returns:
        one row an outcome that occurred; the counts add up to the listed photos. Photos whose
        content another photo has too are counted among `ok`.
    """
    import pyarrow.parquet as parquet

    photos, again, size, example = Counter(), Counter(), Counter(), {}
    for path in [downloads] if isinstance(downloads, str | Path) else downloads:
        columns = ["outcome", "again", "bytes", "url"]
        table = parquet.read_table(path, columns=columns).to_pydict()
        for outcome, may, count, url in zip(*(table[name] for name in columns), strict=True):
            photos[outcome] += 1
            again[outcome] += may
            size[outcome] += count
            example.setdefault(outcome, url)
    total = photos.total()
    return [
        Loss(Outcome(name), count, count / total, again[name], size[name], example[name])
        for name, count in sorted(photos.items(), key=lambda item: (-item[1], item[0]))
    ]
