"""Corel-5K as every paper since TagProp uses it: 260 words, 4,500 training and 499 test photos.

Guillaumin, Mensink, Verbeek & Schmid, ICCV 2009, published two lists of photos and two matrices
of 0 and 1; the words of the columns were recovered from other releases.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from phototags.corpora.formats.hvecs import PARTS, number_repeats
from phototags.corpora.reader import ImagesTarReader
from phototags.errors import CorpusError

MISNAMED = {(193, "marine"): "iguana"}
"""Columns whose recovered word is wrong, with the right one.

The recovered list calls 193 and 195 both `marine`. The two columns are equal: 16 photos, the same
16 that alone are tagged `iguana` and alone `marine` in Corel-5K's own table. The columns keep the
order of its `words.txt`: nest (192), iguana, lizard (194), marine (195), deer (196).
"""


class InriaCorel5k(ImagesTarReader):
    """Read the training photos, then the test photos, each part in the order of its list.

    Raises a CorpusError when lists, matrices and words do not fit each other.
    """

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict]:
        words, seen = _read_words(source / "recovered_words.tsv"), set()
        for part in PARTS:
            for photo, tags in _read_part(source, part, words):
                photo_id = photo.rpartition("/")[2]
                if photo_id in seen:
                    raise CorpusError(
                        f"{source} names photo {photo_id!r} more than once in its two lists; "
                        "expected each of the photos in one part."
                    )
                seen.add(photo_id)
                file = f"images/{photo_id}.jpg"
                yield {"photo_id": photo_id, "file": file, "tags": tags, "split": part}


def _read_words(path: Path) -> list[str]:
    rows = list(
        csv.DictReader(_read_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    )
    columns = [row.get("column") for row in rows]
    words = [(row.get("word") or "").strip() for row in rows]
    words = [MISNAMED.get(place, place[1]) for place in enumerate(words)]
    if columns != [str(number) for number in range(len(rows))] or not all(words):
        raise CorpusError(
            f"{path} should name the matrix' columns 0, 1, ... in order under `column` and `word`; "
            f"found {list(zip(columns, words, strict=True))[:3]} ..."
        )
    return number_repeats(words)


def _read_part(source: Path, part: str, words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The photos of a part and their words."""
    photos = _read_text(source / f"corel_{part}_list.txt").split()
    path = source / f"corel_{part}_annot.txt"
    lines = _read_text(path).split()
    if len(lines) != len(photos):
        raise CorpusError(
            f"{path} should have a line for each of {len(photos)} photos of its list;"
            f" found {len(lines)}"
        )
    for number, (photo, line) in enumerate(zip(photos, lines, strict=True), start=1):
        marks = line.split(",")
        if len(marks) != len(words) or set(marks) - {"0", "1"}:
            raise CorpusError(
                f"{path}, line {number}: expected {len(words)} fields of 0 or 1 between commas, "
                f"found {len(marks)} fields, among them {sorted(set(marks))[:4]}"
            )
        yield photo, [word for word, mark in zip(words, marks, strict=True) if mark == "1"]


def _read_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        if (longest := max(map(len, text.splitlines()), default=0)) > csv.field_size_limit():
            raise ValueError(f"a line has {longest} letters")
        return text
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} should be a text in UTF-8, but: {error}") from error
