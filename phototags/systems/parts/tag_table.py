"""Sparse access to the tag table: a step reads and updates only the rows of its tags."""

import torch
from torch import Tensor

ALL = slice(None)


def local_rows(tags: Tensor, rows: slice, number: int) -> tuple[Tensor, Tensor | None]:
    """Locate tags in a table that holds only some of the vocabulary's rows.

    Args:
        tags: int64 of any shape. rows: the tags that the table holds. number: how many.

    Returns:
        the rows, any other where the table has none; bool of the same shape, True where it has
        one, or None where it holds all tags.

    >>> local_rows(torch.tensor([2, 5]), slice(4, 7), 3)
    (tensor([0, 1]), tensor([False,  True]))
    """
    if rows == ALL:
        return tags, None
    own = tags - rows.start
    return own.clamp(0, number - 1), (own >= 0) & (own < number)


@torch.no_grad()
def update_tag_vectors(
    table: Tensor,
    embeddings: Tensor,
    positives: Tensor,
    negatives: Tensor,
    valid: Tensor,
    learning_rate: float,
    rows: slice = ALL,
) -> None:
    """Move tags towards photos that have them and away from photos they are negatives of, in place.

    v_p += lr (1 - sigmoid(v_p . f)) f and v_n -= lr sigmoid(v_n . f) f: plain SGD on the sum of
    the pairs' losses ("wide on the CPU, deep on the GPU", Attalos 2016), every pair computed
    from the table before the step. A tag that stands in several pairs takes all their updates.

    Args:
        table: (T, D) float, on any device.
        embeddings: (B, D) float, f of each photo.
        positives: (B, P) int64; negatives: (B, K) int64; valid: (B, K) bool.
        learning_rate: `j lr` in Attalos 2016.
        rows: the tags that the table holds; others are skipped.
    """
    tags = torch.cat([positives, negatives], dim=1).to(table.device)
    tags, here = local_rows(tags, rows, len(table))
    photos = embeddings.detach().to(table.device, table.dtype)
    scores = torch.einsum("bkd,bd->bk", table[tags], photos)
    errors = -scores.sigmoid()
    errors[:, : positives.shape[1]] += 1
    errors[:, positives.shape[1] :] *= valid.to(table.device)
    errors = errors if here is None else errors * here
    updates = learning_rate * errors[:, :, None] * photos[:, None, :]
    table.index_add_(0, tags.flatten(), updates.flatten(0, 1))
