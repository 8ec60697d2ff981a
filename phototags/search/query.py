"""Parse the words of a search into tags of a vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phototags.tags.spelling import clean

if TYPE_CHECKING:
    from phototags.tag_vectors.text_vectors import TextVectors

STOP_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)
MIN_COSINE = 0.5  # two words below it are taken for unrelated


@dataclass(frozen=True)
class Query:
    """The tags to search for.

    Args:
        tags: positions in the vocabulary; a tag that was named twice stands twice.
        notes: a sentence for each word that is no tag: what it was replaced by, if by anything.
    """

    tags: tuple[int, ...]
    notes: tuple[str, ...]

    def vector(self, tag_vectors: np.ndarray) -> np.ndarray:
        """(D,) sum of the tags' vectors, all tags having the same weight.

        Args:
            tag_vectors: (T, D).
        """
        return tag_vectors[list(self.tags)].sum(axis=0)


def parse_query(words: str, tags: Sequence[str], load_text: Callable[[], TextVectors]) -> Query:
    """Find the tags in the words of a search, the longest first: `fire engine` before `fire`.

    A word that is no tag is replaced by the tag with the nearest text vector, or left out where
    their cosine is under 0.5. STOP_WORDS that are no tags are left out without a note.

    Args:
        words: as typed; a comma ends a tag.
        tags: (T,) the vocabulary.
        load_text: called only when a word is no tag, since loading takes a moment.
    """
    numbers = {tag: number for number, tag in enumerate(tags)}
    longest = max((tag.count(" ") + 1 for tag in tags), default=1)
    known, unknown = [], []
    for phrase in words.split(","):
        parts = clean(phrase).tag.split()
        while parts:
            sizes = range(min(longest, len(parts)), 0, -1)
            size = next((n for n in sizes if " ".join(parts[:n]) in numbers), 0)
            if size:
                known.append(numbers[" ".join(parts[:size])])
            elif parts[0] not in STOP_WORDS:
                unknown.append(parts[0])
            parts = parts[size or 1 :]
    found, notes = replace_unknown(unknown, tags, load_text()) if unknown else ([], [])
    return Query(tuple(known + found), tuple(notes))


def replace_unknown(
    words: Sequence[str], tags: Sequence[str], text: TextVectors
) -> tuple[list[int], list[str]]:
    """Replace words by the tags with the nearest text vectors (cosine); a note for each word."""
    matrix = _normalise(text.embed(tags))  # (T, D); zero for a tag without a vector, never nearest
    cosines = _normalise(text.embed(words)) @ matrix.T  # (words, T)
    found, notes = [], []
    for word, row in zip(words, cosines, strict=True):
        best = int(row.argmax())
        if row[best] >= MIN_COSINE:
            found.append(best)
            notes.append(f"{word!r} is no tag of this tagger: searched for {tags[best]!r} instead")
        else:
            notes.append(f"{word!r} is no tag of this tagger and none is near: left out")
    return found, notes


def _normalise(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
