"""Which tags of a photo are learned from in a step, and which others stand against them.

Tag sets of unequal size are rows of numbers ended by PADDING, which is only ever compared with,
never used as an index. Every draw takes its torch.Generator.
"""

from typing import Literal

import torch
from torch import Tensor

from phototags.tags.padding import PADDING

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


class Urn:
    """Tags to draw in proportion to their weights, with replacement.

    The weights are added up once, so that a draw costs little however many tags there are; T is
    not bounded as it is for torch.multinomial, since vocabularies of millions are meant to work.

    Args:
        weights: (T,) float64, not negative.
    """

    def __init__(self, weights: Tensor):
        self.weights, self.ends = weights, weights.cumsum(0)
        self.last = torch.searchsorted(self.ends, self.ends[-1])  # before a weightless tail

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """int64 of the given shape; a tag of weight zero is never drawn, of an empty urn tag 0."""
        where = torch.rand(shape, generator=generator, dtype=torch.float64) * self.ends[-1]
        return torch.searchsorted(self.ends, where, right=True).minimum(self.last)

    def without(self, tags: Tensor) -> "Urn":
        """Another in which these tags, int64, have no weight."""
        return Urn(self.weights.index_fill(0, tags, 0))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.ends[-1]


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
    urn: Urn,
    tags: Tensor,
    positives: Tensor,
    number: int,
    exclude: Exclusion,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Tags in proportion to their weights, but none that the photo is known to deserve.

    Args:
        urn: of all tags, usually by counts ** power.
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
        others = urn.without(everyone)
        if others.empty:
            return torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.bool)
        return others.draw(shape, generator), torch.ones(shape, dtype=torch.bool)
    forbidden = tags if exclude == "photo" else positives
    drawn = urn.draw(shape, generator)
    clash = among(drawn, forbidden)
    for _ in range(REDRAWS):
        if not clash.any():
            break
        drawn[clash] = urn.draw((int(clash.sum()),), generator)
        clash = among(drawn, forbidden)
    return drawn, ~clash
