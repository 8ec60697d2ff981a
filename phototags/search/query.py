"""Any words into tags that the tagger knows, saying so where they had to be replaced."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tags.spelling import clean

SMALL_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
)
LEAST_COSINE = 0.5  # below it two words have little to do with each other


@dataclass(frozen=True)
class Query:
    """What is searched for.

    Args:
        tags: positions in the vocabulary; a tag meant twice stands twice.
        notes: what became of the words that are no tags, in words.
    """

    tags: tuple[int, ...]
    notes: tuple[str, ...]

    def vector(self, tag_vectors: Tensor) -> Tensor:
        """(D,) sum of the tags' vectors: each word asks with the same voice.

        Args:
            tag_vectors: (T, D).
        """
        return tag_vectors[list(self.tags)].sum(dim=0)


def understand(words: str, tags: Sequence[str], text: Callable[[], TextVectors]) -> Query:
    """Find the tags in a few words: the longest first, so that `fire engine` is not a fire.

    A word that is no tag is replaced by the tag with the nearest text vector, unless that is
    farther than a cosine of 0.5; then it is left out. Small words (of, the, ...) are left out
    silently.

    Args:
        words: as typed; a comma ends a tag.
        tags: (T,) the vocabulary.
        text: called only when a word is no tag, for it takes a moment.
    """
    place = {tag: index for index, tag in enumerate(tags)}
    longest = max((tag.count(" ") + 1 for tag in tags), default=1)
    known, strangers = [], []
    for phrase in words.split(","):
        parts = clean(phrase).tag.split()
        while parts:
            size = next(
                (n for n in range(min(longest, len(parts)), 0, -1) if " ".join(parts[:n]) in place),
                0,
            )
            if size:
                known.append(place[" ".join(parts[:size])])
            elif parts[0] not in SMALL_WORDS:
                strangers.append(parts[0])
            parts = parts[size or 1 :]
    found, notes = closest(strangers, tags, text()) if strangers else ([], [])
    return Query(tuple(known + found), tuple(notes))


def closest(
    words: Sequence[str], tags: Sequence[str], text: TextVectors
) -> tuple[list[int], list[str]]:
    """The tags nearest to words by the cosine of their text vectors, and a note for each word."""
    matrix = _unit(text.of(tags))  # (T, D); a tag without a vector is zero and never nearest
    cosines = _unit(text.of(words)) @ matrix.T  # (words, T)
    found, notes = [], []
    for word, row in zip(words, cosines, strict=True):
        best = int(row.argmax())
        if row[best] >= LEAST_COSINE:
            found.append(best)
            notes.append(f"{word!r} is no tag of this tagger: searched for {tags[best]!r} instead")
        else:
            notes.append(f"{word!r} is no tag of this tagger and none is near: left out")
    return found, notes


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
