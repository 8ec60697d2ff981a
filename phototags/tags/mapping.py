"""How a tagger's tags answer to another corpus' words. Each bridge is declared in the scores."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np

from phototags.errors import VocabularyError
from phototags.tags.wordnet import WordNet

KINDS = ("exact", "lemma", "synset", "embedding")
CLOSE = 0.8  # GloVe 6B 50d: `ocean` and `sea` .88, `city` and `town` .87, `cat` and `snake` .78
CHUNK = 512


class Vectors(Protocol):
    """What a bridge asks of text vectors (phototags.tag_vectors.text_vectors)."""

    def known(self, tags: Sequence[str]) -> np.ndarray: ...

    def of(self, tags: Sequence[str]) -> np.ndarray: ...


def bridge(
    kind: str,
    model_tags: Sequence[str],
    words: Sequence[str],
    wordnet: WordNet | None = None,
    text_vectors: Vectors | None = None,
) -> list[tuple[int, int]]:
    """Which tags of a model stand for which words of a test corpus.

    A word's score is the maximum over its tags; a word without a tag cannot be scored. Each
    kind holds all the pairs of the kinds before it:

    - `exact`: the same string.
    - `lemma`: the same noun lemma, with blanks, `_` and `-` taken as equal (`cars` and `car`).
    - `synset`: the most frequent meanings of both are one WordNet synset (`auto` and `car`). No
      step up or down is taken, so `dog` does not stand for `animal`.
    - `embedding`: a word that is still without a tag takes the one tag whose text vector is
      nearest, when their cosine is at least 0.8; ties go to the first tag.

    Args:
        model_tags: (T,) distinct tags.
        words: (W,) distinct words.
        wordnet: asked by all kinds but `exact`.
        text_vectors: asked by `embedding`.

    Returns:
        sorted (index of the model's tag, index of the word).

    Raises:
        VocabularyError: an unknown kind, or what it needs is not given.

    >>> bridge("exact", ["sea", "sky"], ["sky", "cars"])
    [(1, 0)]
    """
    _check(kind, wordnet, text_vectors)
    pairs = _same(model_tags, words, lambda word: [word])
    if kind != "exact":
        pairs |= _same(
            model_tags, words, lambda word: {_bare(wordnet.lemma(way)) for way in _ways(word)}
        )
    if kind in ("synset", "embedding"):
        pairs |= _same(
            model_tags,
            words,
            lambda word: {first for way in _ways(word) for first in wordnet.synsets(way)[:1]},
        )
    if kind == "embedding":
        pairs |= _nearest(model_tags, words, {word for _, word in pairs}, text_vectors)
    return sorted(pairs)


def _check(kind: str, wordnet: WordNet | None, text_vectors: Vectors | None) -> None:
    if kind not in KINDS:
        raise VocabularyError(f"a bridge is one of {', '.join(KINDS)}, but {kind!r} was asked for.")
    if kind != "exact" and wordnet is None:
        raise VocabularyError(f"the bridge {kind!r} needs WordNet: give Debian's wordnet-base.")
    if kind == "embedding" and text_vectors is None:
        raise VocabularyError("the bridge 'embedding' needs text vectors: give GloVe's.")


def _ways(word: str) -> set[str]:
    """With its hyphens (`t-shirt` is a noun) and without (`traffic-light` is not)."""
    spaced = word.replace("_", " ").casefold()
    return {spaced, _bare(spaced)}


def _bare(word: str) -> str:
    return word.replace("-", " ")


def _same(
    model_tags: Sequence[str], words: Sequence[str], keys: Callable[[str], Iterable[str]]
) -> set[tuple[int, int]]:
    """Pairs that share a key."""
    found = defaultdict(list)
    for number, tag in enumerate(model_tags):
        for key in keys(tag):
            found[key].append(number)
    return {
        (number, place)
        for place, word in enumerate(words)
        for key in keys(word)
        for number in found[key]
    }


def _nearest(
    model_tags: Sequence[str], words: Sequence[str], done: set[int], text_vectors: Vectors
) -> set[tuple[int, int]]:
    """The nearest tag of each word that is not done, when it is near enough."""
    tags = np.flatnonzero(text_vectors.known(model_tags))
    places = [place for place in np.flatnonzero(text_vectors.known(words)) if place not in done]
    if not len(tags) or not places:
        return set()
    of_tags = _unit(text_vectors.of([model_tags[number] for number in tags]))
    pairs = set()
    for start in range(0, len(places), CHUNK):  # (W, T) at once could be large
        some = places[start : start + CHUNK]
        cosines = _unit(text_vectors.of([words[place] for place in some])) @ of_tags.T
        for place, best, cosine in zip(some, cosines.argmax(1), cosines.max(1), strict=True):
            if cosine >= CLOSE:
                pairs.add((int(tags[best]), int(place)))
    return pairs


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
