"""Vectors for tags that no training photo had, when those of the others were optimised.

Optimising moves the seen tags to where photos put them; the unseen ones stay behind, where text
put them. Four ways to bring them along, from Attalos (2016): transport, scale, refit, subword.
"""

import numpy as np
import torch
from torch import Tensor

from phototags.embeddings.ngrams import ngram_counts
from phototags.embeddings.sets import TagSets
from phototags.embeddings.skipgram import SkipGram, learn


def transport(before: Tensor, after: Tensor, unseen: Tensor, alpha: float = 0.2) -> Tensor:
    """Keep what an unseen tag has to do with the seen ones, and let them carry it along.

    v = alpha (Wn' Wn)^-1 Wn' (Wo u): the vector whose dot products with the optimised rows Wn
    come nearest to those that its old vector u had with the old rows Wo, times alpha.

    Args:
        before, after: (S, D) float, the seen tags before and after optimising. `before` must be
            a copy made then: equal tables give alpha * unseen and nothing else.
        unseen: (U, D) float, the others' vectors, never optimised.

    Returns:
        (U, D) float.
    """
    solution = torch.linalg.lstsq(after.double(), before.double() @ unseen.double().T).solution
    return (alpha * solution.T).to(unseen.dtype)


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
        tags: (S,) tags with vectors; S^2 numbers must fit in memory, so some 10,000 at most.
        vectors: (S, D) float.
        unseen: (U,) tags.
        ridge: how much an n-gram's vector is pulled to zero.

    Returns:
        (U, D) float; a tag that shares no n-gram with a known one has a row of zeros.
    """
    known, asked = ngram_counts(tags), ngram_counts(unseen)
    gram = (known @ known.T).toarray()
    weights = np.linalg.solve(gram + ridge * np.eye(len(tags)), vectors)
    return (asked @ known.T @ weights).astype(vectors.dtype)
