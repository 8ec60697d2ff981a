"""The 0/1 matrices of INRIA's data for image annotation, `.hvecs`, and what stands beside them.

Guillaumin, Mensink, Verbeek & Schmid, TagProp, ICCV 2009: for ESP Game and IAPR TC-12 a
dictionary, and for each part a list of photos and a matrix. A row of a matrix is its length as an
int16, then that many int16, little-endian.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from phototags.corpora.reader import read_file
from phototags.errors import CorpusError
from phototags.photos.archives import TarArchive

MAX_BYTES = 200_000_000  # of a matrix; the largest has 10 million
PARTS = ("train", "test")


def read_parts(tar: Path, name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Read the part, the listed name and the words of each photo, part by part.

    Args:
        name: what the files' names start with, `espgame` or `iaprtc12`.

    Raises:
        ArchiveError: when the tar is damaged.
        CorpusError: when a file is missing or the files do not fit each other.
    """
    with TarArchive(tar) as archive:
        words = number_repeats(_read_words(archive, f"{name}_dictionary.txt"))
        for part in PARTS:
            photos = _read_words(archive, f"{name}_{part}_list.txt")
            file = f"{name}_{part}_annot.hvecs"
            matrix = parse_hvecs(read_file(archive, file, MAX_BYTES), f"{file} in {tar}")
            if matrix.shape != (len(photos), len(words)):
                raise CorpusError(
                    f"{file} in {tar} should have {len(photos)} rows of {len(words)} words, as its "
                    f"list and dictionary have, but has {matrix.shape[0]} of {matrix.shape[1]}"
                )
            for photo, row in zip(photos, matrix, strict=True):
                yield part, photo, [words[column] for column in np.flatnonzero(row)]


def parse_hvecs(content: bytes, where: str) -> np.ndarray:
    """Parse a matrix in the `.hvecs` form: (rows, columns) bool.

    Raises:
        CorpusError: when rows differ in length, the last is cut off, or a value is not 0 or 1.

    >>> parse_hvecs(bytes([2, 0, 1, 0, 0, 0]), "an example")
    array([[ True, False]])
    """
    if len(content) < 2 or len(content) % 2:
        raise CorpusError(f"{where} should be a matrix of int16, but has {len(content)} bytes")
    values = np.frombuffer(content, "<i2")
    columns = int(values[0])
    if columns < 1 or len(values) % (columns + 1):
        raise CorpusError(f"{where}: {len(values)} int16 are no rows of 1 + {columns}")
    rows = values.reshape(-1, columns + 1)
    if (rows[:, 0] != columns).any() or not np.isin(rows[:, 1:], (0, 1)).all():
        raise CorpusError(
            f"{where} should have rows of {columns} zeros and ones, each after its length"
        )
    return rows[:, 1:] == 1


def number_repeats(words: list[str]) -> list[str]:
    """Append a number to repeated words: each column is a word of its own in the scores.

    >>> number_repeats(["marine", "sky", "marine"])
    ['marine', 'sky', 'marine 2']
    """
    seen: Counter[str] = Counter()
    named = []
    for word in words:
        seen[word] += 1
        named.append(word if seen[word] == 1 else f"{word} {seen[word]}")
    return named


def _read_words(archive: TarArchive, file: str) -> list[str]:
    return read_file(archive, file, MAX_BYTES).decode("latin-1").split()
