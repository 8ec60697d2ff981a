"""Vectors for words that no training photo had as a tag, in the space of fitted tag vectors.

Fitting moves the vectors of tags to where photos put them; a word that was no tag stays where text
put it. Four ways to bring it along, from Attalos (2016): transport, scale, refit, subword.
"""

import zlib
from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from phototags.errors import VocabularyError
from phototags.tag_vectors.fit_skipgram import fit_skipgram
from phototags.tag_vectors.skipgram import SkipGram
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tags.encoding import TagSets

MAX_TAGS = 10_000  # whose Gram matrix takes 0.8 GB
ALPHA = 0.2  # of Attalos (2016): words that were never fitted rank behind tags that were
NGRAM_BUCKETS = 1 << 20
MIN_NGRAM, MAX_NGRAM = 3, 6


def find_placeable(
    kind: str, words: Sequence[str], tags: Sequence[str], text: TextVectors
) -> np.ndarray:
    """Find which words `place_words` can place: (U,) bool.

    Args:
        kind: `transport` and `scale` need a text vector, `subword` an n-gram that a tag has too.
    """
    if kind != "subword":
        return text.known(words)
    return (count_ngrams(words) @ count_ngrams(tags).T).getnnz(axis=1) > 0


def place_words(
    kind: str,
    words: Sequence[str],
    tags: Sequence[str],
    vectors: Tensor,
    text: TextVectors | None,
) -> Tensor | None:
    """Place words in the space of a tagger's tag vectors.

    Args:
        kind: `transport` keeps a word's products with the tags in text, `scale` takes its text
            vector, shortened, `subword` goes by its spelling, without text.
        vectors: (T, D) float32, the tagger's.

    Returns:
        (U, D) float32; None for `scale` where the tag vectors do not have the width of text
        vectors, so that they cannot have been initialised with them.
    """
    if kind == "subword":
        return torch.from_numpy(predict_from_ngrams(list(tags), vectors.numpy(), list(words)))
    word_vectors = torch.from_numpy(text.embed(words))
    if kind == "scale":
        return scale(word_vectors, ALPHA) if vectors.shape[1] == text.width else None
    known = torch.from_numpy(text.known(tags))
    return transport(torch.from_numpy(text.embed(tags))[known], vectors[known], word_vectors, ALPHA)


def transport(before: Tensor, after: Tensor, unseen: Tensor, alpha: float = ALPHA) -> Tensor:
    """Keep an unseen tag's products with the seen ones, whose vectors have moved.

    v = alpha (Wn' Wn)^-1 Wn' (Wo u): the vector whose dot products with the fitted rows Wn come
    nearest to those of its old vector u with the old rows Wo, times alpha. Where several do
    (fewer tags than dimensions), the shortest of them.

    Args:
        before: (S, d) float, the seen tags before fitting, a copy made then: equal tables give
            alpha * unseen and nothing else. after: (S, D) float, and after it.
        unseen: (U, d) float, the others' vectors, never fitted.

    Returns:
        (U, D) float.
    """
    products = before.double() @ unseen.double().T
    return (alpha * (torch.linalg.pinv(after.double()) @ products).T).to(unseen.dtype)


def scale(unseen: Tensor, alpha: float) -> Tensor:
    """Multiply an unseen tag's text vector by `alpha`.

    Fitted vectors are longer than the others; this keeps the unseen from always ranking last, or
    first.
    """
    return alpha * unseen


def refit(
    text: TagSets,
    vectors: Tensor,
    seen: Tensor,
    settings: SkipGram,
    generator: torch.Generator,
) -> Tensor:
    """Fit the unseen words to text again while the seen tags' fitted vectors are frozen.

    Args:
        text: sets of words, numbered as the rows of `vectors` (`plain_text.encode_windows`).
        vectors: (T, D) float32, fitted rows and the others' initial ones.
        seen: (T,) bool, the rows to freeze.
    """
    return fit_skipgram(text, vectors, settings, generator, frozen=seen)[0].input_vectors


def predict_from_ngrams(
    tags: list[str], vectors: np.ndarray, unseen: list[str], ridge: float = 1.0
) -> np.ndarray:
    """Predict the vector of a word as the sum of its character n-grams' vectors.

    The n-grams' vectors are fitted by ridge regression to the tags that have one (Zhao, Mudgal &
    Liang, EMNLP 2018), in the dual form: a Gram matrix of the known tags.

    Args:
        tags: (S,) tags with vectors, at most MAX_TAGS: S^2 numbers must fit in memory.
        vectors: (S, D) float.
        unseen: (U,) words.
        ridge: strength of the penalty on an n-gram's vector.

    Returns:
        (U, D) float; a word that shares no n-gram with a tag has a row of zeros.

    Raises:
        VocabularyError: more tags.
    """
    if len(tags) > MAX_TAGS:
        raise VocabularyError(
            f"subword compares all tags with each other: at most {MAX_TAGS:,}, but there are "
            f"{len(tags):,}. Leave it out of score.bridges, or set vocabulary.max_tags."
        )
    known, wanted = count_ngrams(tags), count_ngrams(unseen)
    gram = (known @ known.T).toarray()
    weights = np.linalg.solve(gram + ridge * np.eye(len(tags)), vectors)
    return (wanted @ known.T @ weights).astype(vectors.dtype)


def extract_ngrams(tag: str) -> list[str]:
    """List the n-grams of a tag with its ends marked, as fastText does, and the marked tag.

    >>> extract_ngrams("cat")
    ['<ca', 'cat', 'at>', '<cat', 'cat>', '<cat>']
    """
    marked = f"<{tag}>"
    pieces = [
        marked[begin : begin + length]
        for length in range(MIN_NGRAM, MAX_NGRAM + 1)
        for begin in range(len(marked) - length + 1)
    ]
    return list(dict.fromkeys([*pieces, marked]))


def count_ngrams(tags: Sequence[str]) -> csr_matrix:
    """Encode tags as bags of n-grams: (n, NGRAM_BUCKETS) float64, each row of length 1.

    N-grams are hashed by their bytes, the same on every machine.
    """
    pieces = [extract_ngrams(tag) for tag in tags]
    columns = [zlib.crc32(piece.encode()) % NGRAM_BUCKETS for own in pieces for piece in own]
    sizes = np.array([len(own) for own in pieces], np.int64)
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return csr_matrix((values, columns, offsets), shape=(len(tags), NGRAM_BUCKETS))
