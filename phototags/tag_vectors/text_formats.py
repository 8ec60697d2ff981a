"""Read and write word vectors in the text formats of word2vec, GloVe and fastText."""

import gzip
import itertools
import logging
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from phototags.errors import ModelError, VocabularyError
from phototags.io.progress import show_progress
from phototags.io.storage import atomic_write
from phototags.tag_vectors.text_vectors import TextVectors

CHUNK_ROWS = 65_536  # parsed to numbers at once
MAX_ODD = 1e-3  # lines of another width; more are another format, or damage
log = logging.getLogger(__name__)


def read_text_vectors(path: Path | str, only: Collection[str] | None = None) -> TextVectors:
    """Read vectors from a text file: a word and D numbers a line, with or without a `N D` header.

    Words are lower-cased, and `_` in them is a blank, as word2phrase and `write_word2vec` join
    phrases; of two that are then equal the first is kept, since these files have the more frequent
    first. A word may hold spaces (GloVe 840B has such); one before the first of two words needs
    the header.

    Args:
        path: word2vec's or GloVe's `.txt`, fastText's `.vec`; also gzipped.
        only: words to keep; the file may then be larger than memory.

    Raises:
        ModelError: when the file is missing or empty, or more than one line in a thousand has
            another width; says which. Fewer are passed over with a warning.
    """
    lines = _read_lines(Path(path))
    first = next(lines, "")
    width = None
    if _is_header(first):
        width, first = int(first.split()[1]), next(lines, "")
    width = _read_width(first, path, width)
    lines = itertools.chain([first], lines)
    words, blocks, pending, odd, number = {}, [], [], [], 0
    for number, line in enumerate(show_progress(lines, f"reading {Path(path).name}"), start=1):
        word, numbers = _split_line(line, width)
        if not word:
            odd.append((number, line[:60]))
        elif word not in words and (only is None or word in only):
            words[word] = None
            pending.append(numbers)
        if len(pending) == CHUNK_ROWS:
            blocks.append(_parse_numbers(pending, path))
            pending = []
    _check_odd_lines(odd, number, width, path)
    blocks.append(_parse_numbers(pending, path).reshape(-1, width))
    return TextVectors(pa.array(list(words), pa.string()), np.concatenate(blocks))


def _split_line(line: str, width: int) -> tuple[str, list[str]]:
    """Return a line's word, "" for a line of another width, and its numbers."""
    word, *numbers = line.rstrip().rsplit(maxsplit=width)
    if len(numbers) < width:  # also where the word is a blank that is no space
        word, *numbers = line.rstrip().rsplit(" ", width)
    word = word.lower()
    word = word.replace("_", " ").strip() or word
    return word if len(numbers) == width else "", numbers


def _check_odd_lines(
    odd: Sequence[tuple[int, str]], lines: int, width: int, path: Path | str
) -> None:
    if not odd:
        return
    number, line = odd[0]
    what = (
        f"{path} should have a word and {width} numbers on each line, but vector {number} is "
        f"{line!r}"
    )
    if len(odd) > lines * MAX_ODD:
        raise ModelError(f"{what}. Fetch the file again, or remove the line.")
    log.warning("%s; %d of %d lines like it are passed over", what, len(odd), lines)


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


def _read_width(line: str, path: Path | str, stated: int | None) -> int:
    """Count the numbers of a line after its word, as many as the header states if there is one."""
    found = len(line.split()) - 1
    width = stated if stated and stated <= found else found
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
