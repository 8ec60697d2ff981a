"""The user's own pictures: a `photos.tsv` with one line a photo, and an `images.tar` or urls.

Columns photo_id, file (on the web: photo_url), tags (between commas, or other separators); if
wanted user_id, split, title, description, taken_at, camera, longitude, latitude, licence,
licence_url, author, page_url, photo_url, captions (` | ` between them; the description then, one a
line); others are ignored.
UTF-8, a tab between fields, no quoting: a quotation mark is a quotation mark. Other encodings are
recognised and said (`io.texts`).
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from phototags.corpora.reader import ImagesTarReader, drop_photo
from phototags.errors import CorpusError
from phototags.io.texts import open_text
from phototags.photos.photo_table import PHOTOS, Drop
from phototags.tags.split import PARTS

READ = set(PHOTOS.names) - {"row", "sha256", "width", "height"}
CAPTION_END = " | "
WRONG_FIELDS = "expected as many fields as column names, found more or fewer"
LOOKS_LIKE_MANY = {
    ";": r"\w\s*;\s*\w",
    "|": r"\w\s*\|\s*\w",
    "、": "、",
    "，": "，",
    "#": r"#\w.*\s#\w|\w\s+#\w",
    "/": r"\w/\w.*/\w",
}
"""Marks that other programs write between tags, and where they look like it."""
RANGES = {"longitude": 180.0, "latitude": 90.0}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PhotosTsv(ImagesTarReader):
    """Read every line of photos.tsv, in its order; lines of more or fewer fields are dropped.

    Args:
        table: the file's name.
        column: the column of the tags.
        separators: characters, each of which ends a tag.

    Raises a CorpusError that names the line when columns are missing, no line has as many fields,
    an id is empty or used twice, or a value is not of its kind.
    """

    needed = ("photo_id", "file")
    table: str = "photos.tsv"
    column: str = "tags"
    separators: str = ","

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        path, lines, odd = source / self.table, {}, []
        marks = SeparatorCheck(self.separators)
        for number, line in self._read_lines(path):
            if line is None:
                odd.append(number)
                continue
            line["tags"] = line.pop(self.column)
            row = self._parse_line(f"{path}, line {number}", line)
            if row["photo_id"] in lines:
                raise CorpusError(
                    f"{path} names photo {row['photo_id']!r} in lines {lines[row['photo_id']]} and "
                    f"{number}. Give each its own id."
                )
            lines[row["photo_id"]] = number
            marks.add(row["tags"])
            yield row
        if odd and not lines:
            raise CorpusError(f"{path}, line {odd[0]}: {WRONG_FIELDS}, as in all lines")
        yield from (drop_photo(f"line {number}", "bad_line", WRONG_FIELDS) for number in odd)
        marks.warn(path)

    def _read_lines(self, path: Path) -> Iterator[tuple[int, dict | None]]:
        """Yield number and fields by column of each line, None for one of another width."""
        try:
            with open_text(path) as file:
                head = file.readline().rstrip("\n")
                names = head.split("\t") if head else []
                _check_columns(path, names, (*self.needed, self.column))
                for number, line in enumerate(file, start=2):
                    fields = line.rstrip("\n").split("\t")
                    if fields != [""]:
                        whole = len(fields) == len(names)
                        yield number, dict(zip(names, fields, strict=True)) if whole else None
        except UnicodeError as error:
            raise CorpusError(
                f"{path} should be a UTF-8 table between tabs, but: {error}"
            ) from error

    def _parse_line(self, where: str, line: dict) -> dict:
        return _parse_line(where, line, self.needed, re.compile(f"[{re.escape(self.separators)}]"))


class SeparatorCheck:
    """Counts photos whose one tag looks like many, between marks that are no separators here."""

    def __init__(self, separators: str):
        looks = {mark: text for mark, text in LOOKS_LIKE_MANY.items() if mark not in separators}
        self.looks = {mark: re.compile(text) for mark, text in looks.items()}
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def add(self, tags: Sequence[str]) -> None:
        """Look at the tags of a photo."""
        if len(tags) != 1:
            return
        for mark, pattern in self.looks.items():
            if pattern.search(tags[0]):
                self.counts[mark] += 1
                self.examples.setdefault(mark, tags[0])

    def warn(self, path: Path) -> None:
        """Say which marks may be separators."""
        for mark, photos in self.counts.most_common():
            log.warning(
                "%s: the one tag of %d photos has %r in it, such as %r. If that ends a tag, set "
                "separators of the table under corpora.tables in params.yaml.",
                path,
                photos,
                mark,
                self.examples[mark],
            )


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


def _parse_line(
    where: str, line: dict, needed: tuple[str, ...], separator: re.Pattern[str]
) -> dict:
    """One line as a row of the photo table; empty fields are null."""
    row = {name: text.strip() or None for name, text in line.items() if name in READ}
    for name in needed:
        if row[name] is None:
            raise CorpusError(f"{where}: {name} is empty; every photo needs one")
    if line.get("captions"):
        captions = line["captions"].split(CAPTION_END)
        row["description"] = "\n".join(one for text in captions if (one := text.strip())) or None
    for name in {"tags", "machine_tags"} & line.keys():
        row[name] = [tag for one in separator.split(line[name]) if (tag := one.strip())]
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
