"""Padded rows of tag ids for batches of torch, and their conversions.

A row holds a photo's tag ids, then PADDING, which is only compared with, never used as an index.
"""

import torch
from torch import Tensor

from phototags.tags.encoding import TagSets

PADDING = -1


def pad_tags(sets: TagSets) -> Tensor:
    """Convert ragged ids to padded rows, (N, L) int64, L at least 1.

    >>> from phototags.tags.encoding import encode_tags
    >>> pad_tags(encode_tags([["b"], [], ["a", "b"]], ["a", "b"])).tolist()
    [[1, -1], [-1, -1], [0, 1]]
    """
    sizes = torch.from_numpy(sets.sizes)
    padded = torch.full((len(sets), max(1, int(sets.sizes.max(initial=0)))), PADDING)
    padded[torch.arange(padded.shape[1]) < sizes[:, None]] = torch.from_numpy(sets.ids).long()
    return padded


def unpad_tags(tags: Tensor) -> tuple[Tensor, Tensor]:
    """Convert padded rows to flat ids, (n,) int64, and offsets, (N + 1,) int64.

    >>> unpad_tags(torch.tensor([[1, PADDING], [PADDING, PADDING], [0, 1]]))
    (tensor([1, 0, 1]), tensor([0, 1, 1, 3]))
    """
    known = tags != PADDING
    return tags[known], torch.cat([torch.zeros(1, dtype=torch.int64), known.sum(1).cumsum(0)])


def multi_hot(tags: Tensor, n_tags: int) -> Tensor:
    """Convert padded rows, (B, L) int64, to an indicator matrix, (B, T) bool.

    >>> multi_hot(torch.tensor([[1, PADDING]]), 3).tolist()
    [[False, True, False]]
    """
    table = torch.zeros(len(tags), n_tags + 1, dtype=torch.bool)
    table.scatter_(1, tags.where(tags != PADDING, n_tags), True)
    return table[:, :n_tags]
