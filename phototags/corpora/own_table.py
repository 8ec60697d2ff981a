"""Anybody's pictures: a `photos.tsv` with one line a photo, and an `images.tar` or urls.

Columns photo_id, file (on the web: photo_url), tags (between commas); if wanted user_id, split,
title, description, taken_at, camera, longitude, latitude, licence, licence_url, author, page_url,
photo_url; others are ignored. UTF-8, a tab between fields, no quoting: a quotation mark is a
quotation mark.
"""

import csv
import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.errors import CorpusError
from phototags.photos.archives import Archive
from phototags.photos.shards import Found, found_in
from phototags.photos.table import PHOTOS, Drop, photo_table

MADE_HERE = {"row", "sha256", "width", "height"}
PARTS = ("train", "validation", "test")
RANGES = {"longitude": 180.0, "latitude": 90.0}
log = logging.getLogger(__name__)


def list_photos(
    source: Path, wordnet: Path | None = None, *, web: bool = False
) -> tuple[pd.DataFrame, list[Drop]]:
    """Every line of photos.tsv, in its order; nothing is dropped here.

    Args:
        web: the pictures are on the web, each at its photo_url; else in images.tar.

    Raises:
        CorpusError: naming the line, when columns are missing, a line has more or fewer fields,
            an id is empty or used twice, or a value is not of its kind.
    """
    path, needed = source / "photos.tsv", ("photo_id", "photo_url" if web else "file")
    rows, lines = [], {}
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            _check_columns(path, table.fieldnames or [], (*needed, "tags"))
            for line in table:
                row = _row(f"{path}, line {table.line_num}", line, needed)
                if row["photo_id"] in lines:
                    raise CorpusError(
                        f"{path} names photo {row['photo_id']!r} in lines "
                        f"{lines[row['photo_id']]} and {table.line_num}. Give each its own id."
                    )
                lines[row["photo_id"]] = table.line_num
                rows.append(row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{path} should be a UTF-8 table between tabs, but: {error}") from error
    return photo_table(rows), []


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The pictures of the listed photos; `file` may leave out the tar's top folder `images/`."""
    with Archive(source / "images.tar") as archive:
        files = [file if archive.target(file) else f"images/{file}" for file in listing["file"]]
        yield from found_in(listing.assign(file=files), max_bytes, archive)


def _check_columns(path: Path, found: list[str], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in found]
    if missing or len(set(found)) < len(found):
        raise CorpusError(
            f"{path} should start with a line of column names, each once, {', '.join(needed)} "
            f"among them; found {found}"
            + (f", without {', '.join(missing)}. " if missing else ". ")
            + "Fields are divided by tabs (see docs/corpora.md)."
        )
    ignored = [name for name in found if name not in PHOTOS.names or name in MADE_HERE]
    if ignored:
        log.info("%s: columns not used: %s", path, ", ".join(ignored))


def _row(where: str, line: dict, needed: tuple[str, ...]) -> dict:
    """One line as a row of the photo table; empty fields are null."""
    if None in line or None in line.values():
        raise CorpusError(f"{where}: expected as many fields as column names, found more or fewer")
    known = {name for name in PHOTOS.names if name not in MADE_HERE}
    row = {name: text.strip() or None for name, text in line.items() if name in known}
    for name in needed:
        if row[name] is None:
            raise CorpusError(f"{where}: {name} is empty; every photo needs one")
    for name in {"tags", "machine_tags"} & line.keys():
        row[name] = [tag for written in line[name].split(",") if (tag := written.strip())]
    if row.get("split") not in (None, *PARTS):
        raise CorpusError(
            f"{where}: split is {row['split']!r}; expected {', '.join(PARTS)} or none"
        )
    for name, limit in RANGES.items():
        row[name] = _degrees(where, name, row.get(name), limit)
    return row


def _degrees(where: str, name: str, text: str | None, limit: float) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= limit:
        raise CorpusError(f"{where}: {name} is {text!r}; expected {-limit:g} to {limit:g} degrees")
    return value
