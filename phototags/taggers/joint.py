"""The tag table as sparse rows: what a step moves is only what it drew."""

import torch
from torch import Tensor


@torch.no_grad()
def move_tag_vectors(
    table: Tensor,
    embeddings: Tensor,
    positives: Tensor,
    negatives: Tensor,
    kept: Tensor,
    learning_rate: float,
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
    """
    drawn = torch.cat([positives, negatives], dim=1).to(table.device)
    photos = embeddings.detach().to(table.device, table.dtype)
    scores = torch.einsum("bkd,bd->bk", table[drawn], photos)
    wrong = -scores.sigmoid()
    wrong[:, : positives.shape[1]] += 1
    wrong[:, positives.shape[1] :] *= kept.to(table.device)
    moves = learning_rate * wrong[:, :, None] * photos[:, None, :]
    table.index_add_(0, drawn.flatten(), moves.flatten(0, 1))
