"""Which tags are near a tag, and what is to C as B is to A."""

from collections.abc import Sequence

import torch
from torch import Tensor

from phototags.tags.vocabulary import TagVocabulary


def near(
    tag: str, vocabulary: TagVocabulary, vectors: Tensor, top: int = 10
) -> list[tuple[str, float]]:
    """The tags whose vectors point the same way, nearest first, ties in vocabulary order.

    Args:
        vectors: (T, D) float32, in vocabulary order.

    Returns:
        at most `top` (tag, cosine in [-1, 1]); the tag itself is left out.

    Raises:
        VocabularyError: when the vocabulary has no such tag; names the closest.
    """
    number = vocabulary.index(tag)
    return _nearest(unit(vectors[number]), [number], vocabulary.tags, vectors, top)


def analogy(
    a: str, b: str, c: str, vocabulary: TagVocabulary, vectors: Tensor, top: int = 10
) -> list[tuple[str, float]]:
    """What is to `c` as `b` is to `a`: nearest to b - a + c, none of the three themselves.

    3CosAdd on unit vectors: Mikolov, Yih & Zweig, NAACL 2013.

    Returns:
        at most `top` (tag, cosine in [-1, 1]).

    Raises:
        VocabularyError: when the vocabulary lacks one of the three; names the closest.
    """
    numbers = [vocabulary.index(tag) for tag in (a, b, c)]
    first, second, third = unit(vectors[numbers])
    return _nearest(unit(second - first + third), numbers, vocabulary.tags, vectors, top)


def unit(vectors: Tensor) -> Tensor:
    """Vectors (..., D) at length 1; zero stays zero."""
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def _nearest(
    direction: Tensor, without: Sequence[int], tags: Sequence[str], vectors: Tensor, top: int
) -> list[tuple[str, float]]:
    cosines = unit(vectors) @ direction
    cosines[list(without)] = -torch.inf
    best = cosines.sort(descending=True, stable=True).indices[: min(top, len(tags) - len(without))]
    return [(tags[number], cosines[number].item()) for number in best.tolist()]
