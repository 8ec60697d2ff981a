"""Regression targets: vectors made from a photo's tags."""

import torch
from torch import Tensor
from torch.nn.functional import normalize


def sum_tag_vectors(tags: Tensor, table: Tensor) -> Tensor:
    """Sum the vectors of a photo's tags (`naive-sum`, Attalos 2016).

    Args:
        tags: (B, T) bool; table: (T, D) float.

    Returns:
        (B, D) float.

    >>> table = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> sum_tag_vectors(torch.tensor([[True, True]]), table).tolist()
    [[4.0, 6.0]]
    """
    return tags.to(table.dtype) @ table


def neighbour_targets(table: Tensor, top: int = 2) -> Tensor:
    """Describe each tag by its similarity to itself and its nearest others (`wdv`, Attalos 2016).

    C = W W' of the tag vectors at length one, so that each tag is among its own nearest (of
    vectors of any length a longer one may come before the tag itself), the `top` largest of each
    row kept, rows of length one. A photo's target is the sum of its tags' rows, so that a photo
    of a `kitten` is one of a `cat` as well.

    Args:
        table: (T, D) float.

    Returns:
        (T, T) float, not negative in its kept entries when the vectors agree.

    >>> rows = neighbour_targets(torch.tensor([[3.0, 0.0], [8.0, 6.0], [0.0, 1.0]]), top=2)
    >>> [round(value, 4) for value in rows[0].tolist()]  # cosines 1 and .8
    [0.7809, 0.6247, 0.0]
    """
    vectors = normalize(table)
    similarities = vectors @ vectors.T
    top_k = similarities.topk(min(top, len(table)), dim=1)
    return normalize(torch.zeros_like(similarities).scatter_(1, top_k.indices, top_k.values))
