"""Which tags of a photo are learned from in a step, and which others stand against them.

Tag sets of unequal size are rows of numbers ended by PADDING, which is only ever compared with,
never used as an index. Every draw takes its torch.Generator.
"""

from typing import Literal

import torch
from torch import Tensor

PADDING = -1
Exclusion = Literal["sampled", "photo", "batch"]
REDRAWS = 10


def draw_positives(tags: Tensor, number: int, generator: torch.Generator) -> Tensor:
    """Tags of each photo, uniformly and with replacement (Attalos 2016 draws 5).

    Args:
        tags: (B, L) int64, each photo's tags first, then PADDING; at least one tag a photo.

    Returns:
        (B, number) int64, tags of the photo of that row.

    >>> tags = torch.tensor([[7, PADDING], [3, 5]])
    >>> drawn = draw_positives(tags, 4, torch.Generator().manual_seed(0))
    >>> drawn[0].tolist(), set(drawn[1].tolist()) <= {3, 5}
    ([7, 7, 7, 7], True)
    """
    sizes = (tags != PADDING).sum(1, keepdim=True)
    where = torch.rand(len(tags), number, generator=generator, dtype=torch.float64)
    return tags.gather(1, (where * sizes).long())


def draw_tags(weights: Tensor, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Tags in proportion to their weights, independently.

    Args:
        weights: (T,) float64, not negative, not all zero; T is not bounded as it is for
            torch.multinomial, since vocabularies of millions are meant to work.

    Returns:
        int64 of the given shape; a tag of weight zero is never drawn.
    """
    ends = weights.cumsum(0)
    where = torch.rand(shape, generator=generator, dtype=torch.float64) * ends[-1]
    last = torch.searchsorted(ends, ends[-1])  # rounding must not reach a weightless tail
    return torch.searchsorted(ends, where, right=True).minimum(last)


def among(drawn: Tensor, rows: Tensor) -> Tensor:
    """Which drawn tags are in their photo's row.

    Args:
        drawn: (B, K) int64.
        rows: (B, L) int64, or (1, L) for one row that holds for every photo.

    Returns:
        (B, K) bool.

    >>> among(torch.tensor([[1, 2]]), torch.tensor([[2, PADDING]])).tolist()
    [[False, True]]
    """
    return (drawn[:, :, None] == rows[:, None, :]).any(2)


def draw_negatives(
    weights: Tensor,
    tags: Tensor,
    positives: Tensor,
    number: int,
    exclude: Exclusion,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Tags in proportion to their weights, but none that the photo is known to deserve.

    Args:
        weights: (T,) float64, usually counts ** power.
        tags: (B, L) int64 padded, all tags of each photo.
        positives: (B, P) int64, those that were drawn for this step.
        exclude: `sampled` forbids a photo's drawn positives (the default of Attalos 2016),
            `photo` all its tags, `batch` every photo's tags (its `ignore_posbatch`).

    Returns:
        (B, number) int64, and (B, number) bool: False where nothing allowed could be drawn (a
        photo that has nearly every tag, a batch that holds the whole vocabulary).
    """
    shape = (len(tags), number)
    if exclude == "batch":
        everyone = tags[tags != PADDING].unique()
        weights = weights.index_fill(0, everyone, 0)
        if not weights.any():
            return torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.bool)
        return draw_tags(weights, shape, generator), torch.ones(shape, dtype=torch.bool)
    forbidden = tags if exclude == "photo" else positives
    drawn = draw_tags(weights, shape, generator)
    clash = among(drawn, forbidden)
    for _ in range(REDRAWS):
        if not clash.any():
            break
        drawn[clash] = draw_tags(weights, (int(clash.sum()),), generator)
        clash = among(drawn, forbidden)
    return drawn, ~clash
