"""The tag table as sparse rows: what a step moves is only what it drew."""

import torch
from torch import Tensor

ALL = slice(None)


def rows_of(drawn: Tensor, rows: slice, number: int) -> tuple[Tensor, Tensor | None]:
    """The rows of drawn tags in a table that has only some, and which of them it has.

    Args:
        drawn: int64 of any shape. rows: from a tag to before another, or all. number: of them.

    Returns:
        the rows, another's where there is none; bool of the same shape, None where it has all.

    >>> rows_of(torch.tensor([2, 5]), slice(4, 7), 3)
    (tensor([0, 1]), tensor([False,  True]))
    """
    if rows == ALL:
        return drawn, None
    own = drawn - rows.start
    return own.clamp(0, number - 1), (own >= 0) & (own < number)


@torch.no_grad()
def move_tag_vectors(
    table: Tensor,
    embeddings: Tensor,
    positives: Tensor,
    negatives: Tensor,
    kept: Tensor,
    learning_rate: float,
    rows: slice = ALL,
) -> None:
    """Tags move towards the photos that have them and away from those that drew them, in place.

    v_p += lr (1 - sigmoid(v_p . f)) f and v_n -= lr sigmoid(v_n . f) f: plain SGD on the sum of
    the pairs' losses ("wide on the CPU, deep on the GPU", Attalos 2016), every pair computed
    from the table before the step. A tag that stands in several pairs takes all their moves.

    Args:
        table: (T, D) float, on any device.
        embeddings: (B, D) float, f of each photo.
        positives: (B, P) int64; negatives: (B, K) int64; kept: (B, K) bool.
        learning_rate: j lr in the papers' notation.
        rows: the tags that the table has; others stay where they are.
    """
    drawn = torch.cat([positives, negatives], dim=1).to(table.device)
    drawn, here = rows_of(drawn, rows, len(table))
    photos = embeddings.detach().to(table.device, table.dtype)
    scores = torch.einsum("bkd,bd->bk", table[drawn], photos)
    wrong = -scores.sigmoid()
    wrong[:, : positives.shape[1]] += 1
    wrong[:, positives.shape[1] :] *= kept.to(table.device)
    wrong = wrong if here is None else wrong * here
    moves = learning_rate * wrong[:, :, None] * photos[:, None, :]
    table.index_add_(0, drawn.flatten(), moves.flatten(0, 1))
