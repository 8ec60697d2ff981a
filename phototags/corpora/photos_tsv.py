"""The user's own pictures: a `photos.tsv` with one line a photo, and an `images.tar` or urls.

Columns photo_id, file (on the web: photo_url), tags (between commas); if wanted user_id, split,
title, description, taken_at, camera, longitude, latitude, licence, licence_url, author, page_url,
photo_url, captions (` | ` between them; the description then, one a line); others are ignored.
UTF-8, a tab between fields, no quoting: a quotation mark is a quotation mark.
"""

import csv
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from phototags.corpora.reader import ImagesTarReader
from phototags.errors import CorpusError
from phototags.photos.photo_table import PHOTOS
from phototags.tags.split import PARTS

READ = set(PHOTOS.names) - {"row", "sha256", "width", "height"}
CAPTION_END = " | "
RANGES = {"longitude": 180.0, "latitude": 90.0}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PhotosTsv(ImagesTarReader):
    """Read every line of photos.tsv, in its order; nothing is dropped here.

    Args:
        table: the file's name.
        column: the column of the tags.

    Raises a CorpusError that names the line when columns are missing, a line has more or fewer
    fields, an id is empty or used twice, or a value is not of its kind.
    """

    needed = ("photo_id", "file")
    table: str = "photos.tsv"
    column: str = "tags"

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict]:
        path, lines = source / self.table, {}
        try:
            with open(path, newline="", encoding="utf-8-sig") as file:
                table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                _check_columns(path, table.fieldnames or [], (*self.needed, self.column))
                for line in table:
                    line["tags"] = line.pop(self.column)
                    row = _parse_line(f"{path}, line {table.line_num}", line, self.needed)
                    if row["photo_id"] in lines:
                        raise CorpusError(
                            f"{path} names photo {row['photo_id']!r} in lines "
                            f"{lines[row['photo_id']]} and {table.line_num}. Give each its own id."
                        )
                    lines[row["photo_id"]] = table.line_num
                    yield row
        except (UnicodeDecodeError, csv.Error) as error:
            raise CorpusError(
                f"{path} should be a UTF-8 table between tabs, but: {error}"
            ) from error


class WebPhotosTsv(PhotosTsv):
    """Read a photos.tsv whose pictures are on the web, each at its photo_url."""

    archives = ()
    needed = ("photo_id", "photo_url")


def _check_columns(path: Path, found: Sequence[str], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in found]
    if missing or len(set(found)) < len(found):
        raise CorpusError(
            f"{path} should start with a line of column names, each once, {', '.join(needed)} "
            f"among them; found {found}"
            + (f", without {', '.join(missing)}. " if missing else ". ")
            + "Fields are divided by tabs (see docs/corpora.md)."
        )
    if ignored := [name for name in found if name not in READ | {"captions"}]:
        log.info("%s: columns not used: %s", path, ", ".join(ignored))


def _parse_line(where: str, line: dict, needed: tuple[str, ...]) -> dict:
    """One line as a row of the photo table; empty fields are null."""
    if None in line or None in line.values():
        raise CorpusError(f"{where}: expected as many fields as column names, found more or fewer")
    row = {name: text.strip() or None for name, text in line.items() if name in READ}
    for name in needed:
        if row[name] is None:
            raise CorpusError(f"{where}: {name} is empty; every photo needs one")
    if line.get("captions"):
        captions = line["captions"].split(CAPTION_END)
        row["description"] = "\n".join(one for text in captions if (one := text.strip())) or None
    for name in {"tags", "machine_tags"} & line.keys():
        row[name] = [tag for written in line[name].split(",") if (tag := written.strip())]
    if row.get("split") not in (None, *PARTS):
        raise CorpusError(
            f"{where}: split is {row['split']!r}; expected {', '.join(PARTS)} or none"
        )
    for name, limit in RANGES.items():
        row[name] = _parse_degrees(where, name, row.get(name), limit)
    return row


def _parse_degrees(where: str, name: str, text: str | None, limit: float) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= limit:
        raise CorpusError(f"{where}: {name} is {text!r}; expected {-limit:g} to {limit:g} degrees")
    return value
