"""Encode plain text as sets of words, which skip-gram fits as it fits tag sets."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from phototags.errors import ModelError
from phototags.tags.encoding import TagSets, encode_tags

MIN_COUNT = 5  # word2vec's
WORD = re.compile(r"\w+(?:['’-]\w+)*")


def split_words(line: str) -> list[str]:
    """Split a line into case-folded words.

    >>> split_words("The dog's T-shirt, 3 sizes.")
    ['the', "dog's", 't-shirt', '3', 'sizes']
    """
    return WORD.findall(line.casefold())


def read_lines(paths: Iterable[Path | str]) -> Iterator[str]:
    """Read the lines of some text files; bytes that are not UTF-8 are replaced.

    Raises:
        ModelError: when a file can't be read.
    """
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                yield from file
        except OSError as error:
            raise ModelError(
                f"{path} should be a plain text file, but: {error}. Correct embed_tags.text_file."
            ) from error


def build_text_vocabulary(lines: Iterable[str], min_count: int = MIN_COUNT) -> list[str]:
    """List the words that occur at least `min_count` times, most frequent first, then by name."""
    counts = Counter(word for line in lines for word in split_words(line))
    kept = [(-count, word) for word, count in counts.items() if count >= min_count]
    return [word for _, word in sorted(kept)]


def encode_windows(lines: Iterable[str], vocabulary: list[str], window: int = 10) -> TagSets:
    """Encode overlapping windows of each line as sets: words of a window are each other's context.

    A window begins every `window / 2` known words, so that two words up to half a window apart
    share at least one; word2vec's window weights near words the more in the same way.

    >>> sets = encode_windows(["a b c d e"], list("abcde"), window=4)
    >>> sets.ids.tolist(), sets.offsets.tolist()
    ([0, 1, 2, 3, 2, 3, 4], [0, 4, 7])
    """
    known = set(vocabulary)
    return encode_tags(
        (
            piece
            for line in lines
            for piece in _cut_windows([word for word in split_words(line) if word in known], window)
        ),
        vocabulary,
    )


def _cut_windows(words: list[str], window: int) -> Iterator[list[str]]:
    step = max(window // 2, 1)
    for begin in range(0, max(len(words) - window, 0) + step, step):
        if begin == 0 or begin < len(words) - (window - step):
            yield words[begin : begin + window]
