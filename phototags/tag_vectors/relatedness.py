"""Nearest tags by cosine, and analogies between tags."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize

from phototags.tags.vocabulary import TagVocabulary


def find_nearest(
    tag: str, vocabulary: TagVocabulary, vectors: Tensor, top: int = 10
) -> list[tuple[str, float]]:
    """Find the tags of highest cosine, nearest first, ties in vocabulary order.

    Args:
        vectors: (T, D) float32, in vocabulary order.

    Returns:
        at most `top` (tag, cosine in [-1, 1]); the tag itself is left out.

    Raises:
        VocabularyError: when the vocabulary has no such tag; names the closest.
    """
    number = vocabulary.index(tag)
    return _rank_by_cosine(
        normalize(vectors[number], dim=-1), [number], vocabulary.tags, vectors, top
    )


def solve_analogy(
    a: str, b: str, c: str, vocabulary: TagVocabulary, vectors: Tensor, top: int = 10
) -> list[tuple[str, float]]:
    """Find what is to `c` as `b` is to `a`: nearest to b - a + c, without the three themselves.

    3CosAdd on unit vectors: Mikolov, Yih & Zweig, NAACL 2013.

    Returns:
        at most `top` (tag, cosine in [-1, 1]).

    Raises:
        VocabularyError: when the vocabulary lacks one of the three; names the closest.
    """
    numbers = [vocabulary.index(tag) for tag in (a, b, c)]
    first, second, third = normalize(vectors[numbers])
    return _rank_by_cosine(
        normalize(second - first + third, dim=-1), numbers, vocabulary.tags, vectors, top
    )


def _rank_by_cosine(
    direction: Tensor, without: Sequence[int], tags: Sequence[str], vectors: Tensor, top: int
) -> list[tuple[str, float]]:
    cosines = normalize(vectors) @ direction
    cosines[list(without)] = -torch.inf
    best = cosines.sort(descending=True, stable=True).indices[: min(top, len(tags) - len(without))]
    return [(tags[number], cosines[number].item()) for number in best.tolist()]
