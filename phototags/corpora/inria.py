"""Corel-5K as every paper since TagProp uses it: 260 words, 4,500 training and 499 test photos.

Guillaumin, Mensink, Verbeek & Schmid, ICCV 2009, published two lists of photos and two matrices
of 0 and 1; the words of the columns were recovered from other releases.
"""

import csv
from collections import Counter
from pathlib import Path

import pandas as pd

from phototags.corpora.own_table import pictures
from phototags.errors import CorpusError
from phototags.photos.table import Drop, photo_table

__all__ = ["list_photos", "pictures"]

MISNAMED = {(193, "marine"): "iguana"}
"""Columns whose recovered word is wrong, with the right one.

The recovered list calls 193 and 195 both `marine`. The two columns are equal: 16 photos, the same
16 that alone are tagged `iguana` and alone `marine` in Corel-5K's own table. The columns keep the
order of its `words.txt`: nest (192), iguana, lizard (194), marine (195), deer (196).
"""


def list_photos(source: Path, wordnet: Path | None = None) -> tuple[pd.DataFrame, list[Drop]]:
    """The training photos, then the test photos, each part in the order of its list.

    Raises:
        CorpusError: when lists, matrices and words do not fit each other.
    """
    words = _words(source / "recovered_words.tsv")
    rows = [
        {
            "photo_id": photo.rpartition("/")[2],
            "file": f"images/{photo.rpartition('/')[2]}.jpg",
            "tags": tags,
            "split": part,
        }
        for part in ("train", "test")
        for photo, tags in _part(source, part, words)
    ]
    repeated = [photo for photo, count in Counter(r["photo_id"] for r in rows).items() if count > 1]
    if repeated:
        raise CorpusError(
            f"{source} names photo {repeated[0]!r} more than once in its two lists; "
            "expected each of the photos in one part."
        )
    return photo_table(rows), []


def unique(words: list[str]) -> list[str]:
    """The words, a repeated one with its number: a column is a word of its own in the scores.

    >>> unique(["marine", "sky", "marine"])
    ['marine', 'sky', 'marine 2']
    """
    seen: Counter[str] = Counter()
    named = []
    for word in words:
        seen[word] += 1
        named.append(word if seen[word] == 1 else f"{word} {seen[word]}")
    return named


def _words(path: Path) -> list[str]:
    lines = _text(path).splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    columns = [row.get("column") for row in rows]
    words = [(row.get("word") or "").strip() for row in rows]
    words = [MISNAMED.get(place, place[1]) for place in enumerate(words)]
    if columns != [str(number) for number in range(len(rows))] or not all(words):
        raise CorpusError(
            f"{path} should name the matrix' columns 0, 1, ... in order under `column` and `word`; "
            f"found {list(zip(columns, words, strict=True))[:3]} ..."
        )
    return unique(words)


def _part(source: Path, part: str, words: list[str]) -> list[tuple[str, list[str]]]:
    """The photos of a part and their words."""
    photos = _text(source / f"corel_{part}_list.txt").split()
    path = source / f"corel_{part}_annot.txt"
    lines = _text(path).split()
    if len(lines) != len(photos):
        raise CorpusError(
            f"{path} should have a line for each of {len(photos)} photos of its list;"
            f" found {len(lines)}"
        )
    tagged = []
    for number, (photo, line) in enumerate(zip(photos, lines, strict=True), start=1):
        marks = line.split(",")
        if len(marks) != len(words) or set(marks) - {"0", "1"}:
            raise CorpusError(
                f"{path}, line {number}: expected {len(words)} fields of 0 or 1 between commas, "
                f"found {len(marks)} fields, among them {sorted(set(marks))[:4]}"
            )
        tagged.append(
            (photo, [word for word, mark in zip(words, marks, strict=True) if mark == "1"])
        )
    return tagged


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        if (longest := max(map(len, text.splitlines()), default=0)) > csv.field_size_limit():
            raise ValueError(f"a line has {longest} letters")
        return text
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} should be a text in UTF-8, but: {error}") from error
