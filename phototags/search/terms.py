"""Parse the words of a search in a folder: terms that must hold, and terms that must not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from phototags.search.query import PHOTOS_OF
from phototags.tags.spelling import clean
from phototags.tags.stop_words import STOP_WORDS
from phototags.tags.wordnet import SUFFIXES

NEGATIONS = ("not", "without")
MAX_WORDS = 4  # of a keyword that is looked for as a whole


@dataclass(frozen=True)
class Term:
    """A tag, a keyword, or words that are neither.

    Args:
        text: in the spelling of tags. tag: position in the vocabulary; None for other words.
    """

    text: str
    tag: int | None = None


@dataclass(frozen=True)
class Terms:
    """What a search asks for: all of `wanted` and none of `unwanted`."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()


class TagNames:
    """A vocabulary, with its aliases and its tags' singulars and plurals.

    Args:
        tags: (T,). aliases: tags by their other spellings.

    >>> names = TagNames(["dog", "jeans"], {"hound": "dog"})
    >>> [names.find(word) for word in ("dogs", "hound", "jean", "cat")]
    [0, 0, 1, None]
    """

    def __init__(self, tags: Sequence[str], aliases: Mapping[str, str]):
        self._tags = {tag: number for number, tag in enumerate(tags)}
        for alias, tag in aliases.items():
            if tag in self._tags:
                self._tags.setdefault(alias, self._tags[tag])
        for tag, number in list(self._tags.items()):
            for form in list_forms(tag):
                self._tags.setdefault(form, number)

    def find(self, text: str) -> int | None:
        """The position of the tag that a text names, by itself before its singular."""
        return next((self._tags[form] for form in list_forms(text) if form in self._tags), None)


def list_forms(text: str) -> list[str]:
    """A word or phrase, and what its last word may be the plural of, by morphy(7WN)'s rules.

    >>> list_forms("fire engines"), list_forms("women"), list_forms("grass")
    (['fire engines', 'fire engine'], ['women', 'woman'], ['grass'])
    """
    if len(text.rpartition(" ")[2]) <= 2 or text.endswith("ss"):
        return [text]
    endings = ((old, new) for old, new in SUFFIXES.items() if text.endswith(old))
    singulars = {text.removesuffix(old) + new for old, new in endings}
    return [text, *sorted(singulars, key=lambda one: (len(one), one))]


def parse_terms(words: str, names: TagNames, is_own: Callable[[str], bool]) -> Terms:
    """Parse words as typed.

    `-word`, `not word` and `without word` are unwanted. At each place the longest tag or keyword
    is one term; neighbours that are neither are one term together. STOP_WORDS that are no tags,
    and `photos of` at the beginning, are left out.

    Args:
        words: a comma ends a term.
        is_own: whether a text is a word that the photos' owner wrote.
    """
    wanted, unwanted = [], []
    for phrase in words.split(","):
        marked = _mark_unwanted(PHOTOS_OF.sub("", " ".join(phrase.lower().split())))
        before = None
        while marked:
            term, taken, negative = _take_term(marked, names, is_own)
            marked = marked[taken:]
            if term is None:
                continue
            found = unwanted if negative else wanted
            if term.tag is None and before == (negative, False) and not is_own(term.text):
                term = Term(f"{found.pop().text} {term.text}")
            found.append(term)
            before = negative, term.tag is not None or is_own(term.text)
    return Terms(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def _mark_unwanted(phrase: str) -> list[tuple[str, bool]]:
    """The clean words of a phrase, each with whether it is unwanted."""
    marked, negative = [], False
    for written in phrase.split():
        if written in NEGATIONS:
            negative = True
            continue
        minus = written.startswith("-") and len(written) > 1
        for word in clean(written).tag.split():
            marked.append((word, negative or minus))
            negative = negative and word in STOP_WORDS
    return marked


def _take_term(
    marked: Sequence[tuple[str, bool]], names: TagNames, is_own: Callable[[str], bool]
) -> tuple[Term | None, int, bool]:
    """The term that words begin with, how many words it takes, and whether it is unwanted."""
    negative = marked[0][1]
    for size in range(min(MAX_WORDS, len(marked)), 0, -1):
        text = " ".join(word for word, _ in marked[:size])
        if size == 1 and text in STOP_WORDS and names.find(text) is None:
            return None, 1, negative
        if size > 1 and any(one != negative for _, one in marked[1:size]) and negative is False:
            continue
        if (tag := names.find(text)) is not None or is_own(text):
            return Term(text, tag), size, negative
    return Term(marked[0][0]), 1, negative
