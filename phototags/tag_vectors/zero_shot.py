"""Vectors for tags that no training photo had, when those of the others were optimised.

Optimising moves the seen tags to where photos put them; the unseen ones stay behind, where text
put them. Four ways to bring them along, from Attalos (2016): transport, scale, refit, subword.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from phototags.errors import VocabularyError
from phototags.tag_vectors.ngrams import ngram_counts
from phototags.tag_vectors.skipgram import SkipGram, learn
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tags.encoding import TagSets

MOST = 10_000  # tags, whose likeness to each other is 0.8 GB
SHORTER = 0.2  # alpha of Attalos (2016): what was never learned comes behind what was


def placeable(
    kind: str, words: Sequence[str], tags: Sequence[str], text: TextVectors
) -> np.ndarray:
    """(U,) bool: which words `placed` can find a place for beside the tags.

    Args:
        kind: `transport` and `scale` need a text vector, `subword` a piece that a tag has too.
    """
    if kind != "subword":
        return text.known(words)
    return (ngram_counts(words) @ ngram_counts(tags).T).getnnz(axis=1) > 0


def placed(
    kind: str,
    words: Sequence[str],
    tags: Sequence[str],
    vectors: Tensor,
    text: TextVectors | None,
) -> Tensor | None:
    """Words in the space of a tagger's tag vectors.

    Args:
        kind: `transport` keeps what text says that a word has to do with the tags, `scale` takes
            its text vector, shortened, `subword` goes by its spelling, without text.
        vectors: (T, D) float32, the tagger's.

    Returns:
        (U, D) float32; None for `scale` where the tag vectors are not as wide as text's, so that
        they cannot have begun as such.
    """
    if kind == "subword":
        return torch.from_numpy(subword(list(tags), vectors.numpy(), list(words)))
    of_words = torch.from_numpy(text.of(words))
    if kind == "scale":
        return scale(of_words, SHORTER) if vectors.shape[1] == text.width else None
    known = torch.from_numpy(text.known(tags))
    return transport(torch.from_numpy(text.of(tags))[known], vectors[known], of_words, SHORTER)


def transport(before: Tensor, after: Tensor, unseen: Tensor, alpha: float = SHORTER) -> Tensor:
    """Keep what an unseen tag has to do with the seen ones, and let them carry it along.

    v = alpha (Wn' Wn)^-1 Wn' (Wo u): the vector whose dot products with the optimised rows Wn
    come nearest to those that its old vector u had with the old rows Wo, times alpha. Where
    several do (fewer tags than dimensions), the shortest of them.

    Args:
        before: (S, d) float, the seen tags before optimising, a copy made then: equal tables give
            alpha * unseen and nothing else. after: (S, D) float, and after it.
        unseen: (U, d) float, the others' vectors, never optimised.

    Returns:
        (U, D) float.
    """
    agreement = before.double() @ unseen.double().T
    return (alpha * (torch.linalg.pinv(after.double()) @ agreement).T).to(unseen.dtype)


def scale(unseen: Tensor, alpha: float) -> Tensor:
    """Leave an unseen tag where text put it, but `alpha` times as long.

    Optimised vectors are longer than the others; this keeps the unseen from never, or from
    always, coming first.
    """
    return alpha * unseen


def refit(
    text: TagSets,
    vectors: Tensor,
    seen: Tensor,
    settings: SkipGram,
    generator: torch.Generator,
) -> Tensor:
    """Read the text again with the optimised vectors held still: the others find their place.

    Args:
        text: sets of words, numbered as the rows of `vectors` (`plain_text.text_sets`).
        vectors: (T, D) float32, optimised rows and the others at their start.
        seen: (T,) bool, the rows to hold still.
    """
    return learn(text, vectors, settings, generator, frozen=seen)[0].words


def subword(
    tags: list[str], vectors: np.ndarray, unseen: list[str], ridge: float = 1.0
) -> np.ndarray:
    """What a tag's spelling says: the sum of its character n-grams' vectors.

    The n-grams' vectors are fitted by ridge regression to the tags that have one (Zhao, Mudgal &
    Liang, EMNLP 2018), in the dual form: a Gram matrix of the known tags.

    Args:
        tags: (S,) tags with vectors, at most MOST: S^2 numbers must fit in memory.
        vectors: (S, D) float.
        unseen: (U,) tags.
        ridge: how much an n-gram's vector is pulled to zero.

    Returns:
        (U, D) float; a tag that shares no n-gram with a known one has a row of zeros.

    Raises:
        VocabularyError: more tags.
    """
    if len(tags) > MOST:
        raise VocabularyError(
            f"subword compares all tags with each other: at most {MOST:,}, but there are "
            f"{len(tags):,}. Leave it out of score.bridges, or set vocabulary.max_tags."
        )
    known, asked = ngram_counts(tags), ngram_counts(unseen)
    gram = (known @ known.T).toarray()
    weights = np.linalg.solve(gram + ridge * np.eye(len(tags)), vectors)
    return (asked @ known.T @ weights).astype(vectors.dtype)
