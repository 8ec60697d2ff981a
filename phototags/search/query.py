"""Parse the words of a search into tags of a vocabulary, and into terms that no tag means."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from phototags.tags.spelling import clean
from phototags.tags.stop_words import STOP_WORDS

PHOTOS_OF = re.compile(r"^((a|an|the) )?(photo|photograph|picture|image)s? (of|with) ")


@dataclass(frozen=True)
class Query:
    """The tags and terms to search for.

    Args:
        tags: positions in the vocabulary; a tag that was named twice stands twice.
        notes: a sentence for each word that is no tag: whether it is searched by its meaning.
        terms: words and phrases to be placed among the photos by the zero-shot model.
    """

    tags: tuple[int, ...]
    notes: tuple[str, ...]
    terms: tuple[str, ...] = ()

    def vector(self, tag_vectors: np.ndarray) -> np.ndarray:
        """(D,) sum of the tags' vectors, all tags having the same weight.

        Args:
            tag_vectors: (T, D).
        """
        return tag_vectors[list(self.tags)].sum(axis=0)


def parse_query(
    words: str,
    tags: Sequence[str],
    learned_from: str | None = None,
) -> Query:
    """Find the tags in the words of a search, the longest first: `fire engine` before `fire`.

    STOP_WORDS that are no tags, and `photos of` at the beginning, are left out without a note.
    Where there is a zero-shot model, words that are no tags become terms, neighbours together; if
    it learned from captions, several words between two commas are one term, unless they are a
    tag. Without one, a word that is no tag finds nothing: the tag nearest to `dog` may be `cat`.

    Args:
        words: as typed; a comma ends a tag or phrase.
        tags: (T,) the vocabulary.
        learned_from: what the zero-shot model learned from, `tags` or `captions`; None without.
    """
    numbers = {tag: number for number, tag in enumerate(tags)}
    known, unknown, terms = [], [], []
    for phrase in words.split(","):
        cleaned = PHOTOS_OF.sub("", clean(phrase).tag)
        parts = list(_split_tags(cleaned.split(), numbers))
        if learned_from == "captions" and len(parts) > 1:
            terms.append(cleaned)
            continue
        for is_tag, neighbours in itertools.groupby(parts, key=numbers.__contains__):
            if is_tag:
                known += [numbers[part] for part in neighbours]
            elif learned_from:
                terms.append(" ".join(neighbours))
            else:
                unknown += neighbours
    notes = [f"{word!r} is no tag of this tagger: no match" for word in unknown]
    return Query(tuple(known), tuple(notes), tuple(terms))


def _split_tags(words: Sequence[str], numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield the longest tags and the words that are none, without STOP_WORDS, in their order."""
    longest = max((tag.count(" ") + 1 for tag in numbers), default=1)
    while words:
        sizes = range(min(longest, len(words)), 0, -1)
        size = next((n for n in sizes if " ".join(words[:n]) in numbers), 1)
        part = " ".join(words[:size])
        if part in numbers or part not in STOP_WORDS:
            yield part
        words = words[size:]
