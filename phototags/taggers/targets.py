"""Vectors that a photo's tags make, for taggers that learn by regression."""

import torch
from torch import Tensor
from torch.nn.functional import normalize


def summed(tags: Tensor, table: Tensor) -> Tensor:
    """The sum of the vectors of a photo's tags (`naive-sum`, Attalos 2016).

    Args:
        tags: (B, T) bool; table: (T, D) float.

    Returns:
        (B, D) float.

    >>> summed(torch.tensor([[True, True]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[4.0, 6.0]]
    """
    return tags.to(table.dtype) @ table


def spread_to_neighbours(table: Tensor, top: int = 2) -> Tensor:
    """How each tag is said by itself and its nearest others (`wdv`, Attalos 2016).

    C = W W' of the tag vectors, the `top` largest of each row kept, rows of length one. A
    photo's target is the sum of its tags' rows, so that a photo of a `kitten` is one of a
    `cat` as well.

    Args:
        table: (T, D) float.

    Returns:
        (T, T) float, not negative in its kept entries when the vectors agree.

    >>> rows = spread_to_neighbours(torch.tensor([[3.0, 0.0], [4.0, 0.0], [0.0, 1.0]]), top=2)
    >>> rows[0].tolist()
    [0.6000000238418579, 0.800000011920929, 0.0]
    """
    near = table @ table.T
    kept = near.topk(min(top, len(table)), dim=1)
    return normalize(torch.zeros_like(near).scatter_(1, kept.indices, kept.values))


def transported(before: Tensor, after: Tensor, unknown: Tensor, share: float = 0.2) -> Tensor:
    """Vectors of tags that training never saw, moved to where training took the others.

    share (A'A)^-1 A' (B u) with B the known tags' vectors before training and A after: the
    vector that agrees with the known tags now as u did then, in least squares (Attalos 2016,
    whose code took B after training too, and so only shrank u).

    Args:
        before, after: (T, D) float, the same tags. unknown: (U, D) float, in the space of
            `before`. share: alpha, shortens what is not known from photos.

    Returns:
        (U, D) float; share * unknown where nothing moved. Directions that `after` does not
        span are zero.

    >>> table = torch.eye(2)
    >>> transported(table, table[:, [1, 0]], torch.tensor([[5.0, 0.0]])).round().tolist()
    [[0.0, 1.0]]
    """
    agreement = before @ unknown.T
    return share * (torch.linalg.pinv(after) @ agreement).T
