"""Map a tagger's vocabulary to the words of another corpus; scores.csv says by which `bridge`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np

from phototags.errors import VocabularyError
from phototags.tags.wordnet import WordNet

KINDS = ("exact", "lemma", "synset", "embedding")
MIN_COSINE = 0.8  # GloVe 6B 50d: `ocean`, `sea` .88, `city`, `town` .87, `cat`, `dog` .92
CHUNK = 512
Pairs = set[tuple[int, int]]


class Vectors(Protocol):
    """The methods of text vectors (phototags.tag_vectors.text_vectors) that a mapping uses."""

    def known(self, tags: Sequence[str]) -> np.ndarray: ...

    def embed(self, tags: Sequence[str]) -> np.ndarray: ...


def map_vocabulary(
    kind: str,
    model_tags: Sequence[str],
    words: Sequence[str],
    wordnet: WordNet | None = None,
    text_vectors: Vectors | None = None,
) -> list[tuple[int, int]]:
    """Find the tags of a model that stand for the words of a test corpus.

    A word's score is the maximum over its tags; a word without a tag cannot be scored. Each
    kind has all the pairs of the kinds before it:

    - `exact`: the same string.
    - `lemma`: the same noun lemma, with blanks, `_` and `-` taken as equal (`cars` and `car`).
    - `synset`: the most frequent meanings of both are one WordNet synset (`auto` and `car`). No
      step up or down is taken, so `dog` does not stand for `animal`.
    - `embedding`: a word that is still without a tag takes the one tag whose text vector is
      nearest, when their cosine is at least 0.8 and WordNet has the tag as a synonym of the word
      in any meaning, or its most frequent meaning above that of the word. Text vectors alone
      bring sisters together, which are no match (`cat` and `dog`); ties go to the first tag.

    Args:
        model_tags: (T,) distinct tags.
        words: (W,) distinct words.
        wordnet: required by all kinds but `exact`.
        text_vectors: required by `embedding`.

    Returns:
        sorted (index of the model's tag, index of the word).

    Raises:
        VocabularyError: an unknown kind, or what it requires is not given.

    >>> map_vocabulary("exact", ["sea", "sky"], ["sky", "cars"])
    [(1, 0)]
    """
    if kind not in KINDS:
        raise VocabularyError(f"a mapping should be one of {', '.join(KINDS)}, but is {kind!r}.")
    if kind != "exact" and wordnet is None:
        raise VocabularyError(f"the mapping {kind!r} needs WordNet: give Debian's wordnet-base.")
    if kind == "embedding" and text_vectors is None:
        raise VocabularyError("the mapping 'embedding' needs text vectors: give GloVe's.")

    def lemmas(word: str) -> set[str]:
        return {wordnet.lemma(variant).replace("-", " ") for variant in _spelling_variants(word)}

    def synsets(word: str) -> set[str]:
        return {one for variant in _spelling_variants(word) for one in wordnet.synsets(variant)[:1]}

    def are_related(tag: str, word: str) -> bool:
        tag_synsets, word_synsets = (
            [one for variant in _spelling_variants(text) for one in wordnet.synsets(variant)]
            for text in (tag, word)
        )
        above = {other for one in synsets(word) for other in wordnet.ancestors(one)}
        return not above.isdisjoint(synsets(tag)) or not set(tag_synsets).isdisjoint(word_synsets)

    pairs = _match_keys(model_tags, words, lambda word: [word])
    if kind != "exact":
        pairs |= _match_keys(model_tags, words, lemmas)
    if kind in ("synset", "embedding"):
        pairs |= _match_keys(model_tags, words, synsets)
    if kind == "embedding":
        nearest = _match_nearest(model_tags, words, {word for _, word in pairs}, text_vectors)
        pairs |= {(tag, word) for tag, word in nearest if are_related(model_tags[tag], words[word])}
    return sorted(pairs)


def _spelling_variants(word: str) -> set[str]:
    """Return the word with its hyphens (`t-shirt` is a noun) and without (`traffic-light`)."""
    spaced = word.replace("_", " ").casefold()
    return {spaced, spaced.replace("-", " ")}


def _match_keys(
    model_tags: Sequence[str], words: Sequence[str], keys: Callable[[str], Iterable[str]]
) -> Pairs:
    """Return the pairs that share a key."""
    tags_of = defaultdict(list)
    for index, tag in enumerate(model_tags):
        for key in keys(tag):
            tags_of[key].append(index)
    keyed = ((index, key) for index, word in enumerate(words) for key in keys(word))
    return {(tag, index) for index, key in keyed for tag in tags_of[key]}


def _match_nearest(
    model_tags: Sequence[str], words: Sequence[str], matched: set[int], text_vectors: Vectors
) -> Pairs:
    """Return the nearest tag of each word that is not matched yet, when it is near enough."""
    tags = np.flatnonzero(text_vectors.known(model_tags))
    left = [word for word in np.flatnonzero(text_vectors.known(words)) if word not in matched]
    if not len(tags) or not left:
        return set()
    tag_vectors = _normalise(text_vectors.embed([model_tags[tag] for tag in tags]))
    pairs = set()
    for start in range(0, len(left), CHUNK):  # (W, T) at once could be large
        chunk = left[start : start + CHUNK]
        cosines = _normalise(text_vectors.embed([words[word] for word in chunk])) @ tag_vectors.T
        for word, best, cosine in zip(chunk, cosines.argmax(1), cosines.max(1), strict=True):
            if cosine >= MIN_COSINE:
                pairs.add((int(tags[best]), int(word)))
    return pairs


def _normalise(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
