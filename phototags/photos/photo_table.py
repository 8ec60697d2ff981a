"""Read and write the photo table, one schema for every corpus, and lists of dropped photos."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from phototags.errors import CorpusError, strip_memory_addresses
from phototags.io.escapes import escape, unescape
from phototags.io.storage import atomic_write

PHOTOS = pa.schema(
    [("row", pa.int64()), ("photo_id", pa.string()), ("user_id", pa.string())]
    + [(name, pa.list_(pa.string())) for name in ("tags", "machine_tags")]
    + [(name, pa.string()) for name in ("title", "description", "taken_at", "camera")]
    + [(name, pa.float64()) for name in ("longitude", "latitude")]
    + [(name, pa.string()) for name in ("licence", "licence_url", "author")]
    + [(name, pa.string()) for name in ("page_url", "photo_url", "split", "file", "sha256")]
    + [(name, pa.int64()) for name in ("width", "height")]
)
"""Columns of photos.parquet in order; in listing.parquet sha256, width and height are null.

Tags are what people wrote; machine tags (`geo:lat=48.1`), which programs write, are kept apart
where a corpus keeps them so. The camera is its maker and model, as the picture's metadata say.
"""

PACKED = pa.schema([PHOTOS.field(name) for name in ("row", "file", "sha256", "width", "height")])
"""What is known of an image once it is packed."""

CREDIT = ("photo_id", "licence", "licence_url", "author", "page_url")
SHARD = pa.schema([*PACKED, *(PHOTOS.field(name) for name in CREDIT)])
"""Columns of a shard's table: credits stay beside the images that are passed on."""


@dataclass(frozen=True)
class Drop:
    """One photo that a step left out.

    Args:
        step: the rule that dropped it.
        photo_id: as the corpus names the photo.
        reason: a short name from a closed set, which the report counts.
        detail: what exactly was found.
    """

    step: str
    photo_id: str
    reason: str
    detail: str = ""


def write_table(path: Path | str, table: pd.DataFrame, schema: pa.Schema) -> None:
    """Write exactly the schema's columns; the same rows give the same bytes."""
    content = pa.Table.from_pandas(table, schema=schema, preserve_index=False)
    with atomic_write(path) as part:  # pandas' metadata holds versions of packages: left out
        pq.write_table(content.replace_schema_metadata(None), part)


def read_table(path: Path | str, schema: pa.Schema) -> pd.DataFrame:
    """Read a table that `write_table` wrote; lists come back as Python lists.

    Raises:
        CorpusError: when the file is no parquet file or has other columns.
    """
    try:
        content = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise CorpusError(
            f"{path} should be a parquet table written by phototags, but: {error}. "
            "Remove it and run `snakemake` again."
        ) from error
    if content.column_names != schema.names:
        raise CorpusError(
            f"{path} should have the columns {schema.names}, but has {content.column_names}. "
            "It is from another version: remove it and run `snakemake` again."
        )
    return to_pandas(content)


def to_pandas(content: pa.Table) -> pd.DataFrame:
    """Convert to pandas, with lists of tags as Python lists."""
    frame = content.to_pandas()
    for name in ("tags", "machine_tags"):
        if name in frame:
            frame[name] = pd.Series(content.column(name).to_pylist(), dtype=object)
    return frame


def make_photo_table(rows: Iterable[dict]) -> pd.DataFrame:
    """Make a photo table of dicts that may leave out columns; `row` counts from 0 in their order.

    >>> make_photo_table([{"photo_id": "a", "tags": ["sea"]}])[["row", "photo_id", "tags"]].values
    array([[0, 'a', list(['sea'])]], dtype=object)
    """
    rows = list(rows)
    columns = {name: [row.get(name) for row in rows] for name in PHOTOS.names}
    columns["row"] = list(range(len(rows)))
    return to_pandas(pa.table(columns, schema=PHOTOS))


def write_photos(path: Path | str, photos: pd.DataFrame) -> None:
    """Write a photo table."""
    write_table(path, photos, PHOTOS)


def read_photos(path: Path | str) -> pd.DataFrame:
    """Read a photo table; `tags` holds Python lists."""
    return read_table(path, PHOTOS)


def write_drops(path: Path | str, drops: Iterable[Drop]) -> None:
    """Write a TSV with the columns step, photo_id, reason, detail.

    An id comes back letter for letter, whatever characters it has (`io.escapes`); blanks in a
    detail become single spaces, and addresses of objects in memory are left out: the same drops
    give the same bytes.
    """
    with atomic_write(path) as part, open(part, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        table.writerow(field.name for field in fields(Drop))
        for drop in drops:
            detail = strip_memory_addresses(" ".join(str(drop.detail).split()))
            table.writerow(map(escape, (drop.step, str(drop.photo_id), drop.reason, detail)))


def read_drops(path: Path | str) -> list[Drop]:
    """Read what `write_drops` wrote.

    Raises:
        CorpusError: when a line has not the four columns.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file, delimiter="\t"))
    except (UnicodeDecodeError, csv.Error) as error:
        rows = [[str(error)]]
    expected = [field.name for field in fields(Drop)]
    if not rows or rows[0] != expected or any(len(row) != len(expected) for row in rows):
        raise CorpusError(
            f"{path} should have the columns {expected} in each line, but its first line is "
            f"{rows[:1]}. Remove it and run `snakemake` again."
        )
    return [Drop(*map(unescape, row)) for row in rows[1:]]
