"""Read and write word vectors in the text formats of word2vec, GloVe and fastText."""

import gzip
import itertools
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from phototags.errors import ModelError, VocabularyError
from phototags.io.progress import show_progress
from phototags.io.storage import atomic_write
from phototags.tag_vectors.text_vectors import TextVectors

CHUNK_ROWS = 65_536  # parsed to numbers at once


def read_text_vectors(path: Path | str, only: Collection[str] | None = None) -> TextVectors:
    """Read vectors from a text file: a word and D numbers a line, with or without a `N D` header.

    Words are lower-cased; of two that are then equal the first is kept, since these files have
    the more frequent first. A word may hold spaces (GloVe 840B has such).

    Args:
        path: word2vec's or GloVe's `.txt`, fastText's `.vec`; also gzipped.
        only: words to keep; the file may then be larger than memory.

    Raises:
        ModelError: when the file is missing, empty or a line has another width; says which.
    """
    lines = _read_lines(Path(path))
    first = next(lines, "")
    if _is_header(first):
        first = next(lines, "")
    width, lines = _read_width(first, path), itertools.chain([first], lines)
    words, blocks, pending = {}, [], []
    for number, line in enumerate(show_progress(lines, f"reading {Path(path).name}"), start=1):
        parts = line.rstrip("\n ").rsplit(" ", width)
        word = parts[0].lower()
        if len(parts) != width + 1 or not word:
            raise ModelError(
                f"{path} should have a word and {width} numbers on each line, but vector {number} "
                f"is {line[:60]!r}. Fetch the file again, or remove the line."
            )
        if word not in words and (only is None or word in only):
            words[word] = None
            pending.append(parts[1:])
        if len(pending) == CHUNK_ROWS:
            blocks.append(_parse_numbers(pending, path))
            pending = []
    blocks.append(_parse_numbers(pending, path).reshape(-1, width))
    return TextVectors(pa.array(list(words), pa.string()), np.concatenate(blocks))


def _read_lines(path: Path) -> Iterator[str]:
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
            yield from file
    except OSError as error:
        raise ModelError(
            f"{path} should be a text file of word vectors, but: {error}. Give the path of a "
            "word2vec, GloVe or fastText text file."
        ) from error


def _is_header(line: str) -> bool:
    """Whether a line is the number of words and the width, as in word2vec and fastText files."""
    parts = line.split()
    return len(parts) == 2 and all(part.isdecimal() for part in parts)


def _read_width(line: str, path: Path | str) -> int:
    """Count the numbers of a line after its word."""
    width = len(line.split()) - 1
    if width < 1:
        raise ModelError(
            f"{path} should be a text file of word vectors, but begins {line[:60]!r}. Give "
            "the path of a word2vec, GloVe or fastText text file."
        )
    return width


def _parse_numbers(rows: list[list[str]], path: Path | str) -> np.ndarray:
    try:
        numbers = np.array(rows, np.float32)
    except ValueError as error:
        raise ModelError(
            f"{path} should hold numbers after each word, but: {error}. Fetch the file again."
        ) from error
    if not np.isfinite(numbers).all():
        raise ModelError(
            f"{path} should hold finite numbers, but has NaN or infinity. Fetch the file again."
        )
    return numbers


def write_word2vec(path: Path | str, tags: Sequence[str], vectors: np.ndarray) -> None:
    """Write tags and vectors in word2vec's text format, which gensim's `KeyedVectors` opens.

    Its words end at a space, so spaces in tags become underscores. Nine digits give the same
    float32 back.

    Args:
        tags: (T,) distinct.
        vectors: (T, D) float.

    Raises:
        VocabularyError: when two tags differ only by space and underscore.
    """
    words = [tag.replace(" ", "_") for tag in tags]
    seen = dict(zip(words, tags, strict=True))
    clash = next((tag for word, tag in zip(words, tags, strict=True) if seen[word] != tag), None)
    if clash is not None:
        other = seen[clash.replace(" ", "_")]
        raise VocabularyError(
            f"tags {clash!r} and {other!r} are one word in word2vec's format, which has no "
            "spaces. Merge them with an alias, or write the vectors as safetensors."
        )
    with atomic_write(path) as part, open(part, "w", encoding="utf-8", newline="\n") as file:
        file.write(f"{len(words)} {vectors.shape[1]}\n")
        for word, row in zip(words, np.asarray(vectors, np.float32), strict=True):
            file.write(f"{word} {' '.join(map('{:.9g}'.format, row.tolist()))}\n")
