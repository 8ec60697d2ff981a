"""Sampling of a step's positive and negative tags.

Tag sets of unequal size are padded rows (tags/padding.py). Randomness is a generator argument.
"""

from typing import Literal

import torch
from torch import Tensor

from phototags.tags.padding import PADDING

Exclusion = Literal["sampled", "photo", "batch"]
MAX_RESAMPLES = 10


def sample_positives(tags: Tensor, number: int, generator: torch.Generator) -> Tensor:
    """Sample tags of each photo, uniformly and with replacement (Attalos 2016 samples 5).

    Args:
        tags: (B, L) int64 padded, at least one tag a photo.

    Returns:
        (B, number) int64, tags of the photo of that row.

    >>> tags = torch.tensor([[7, PADDING], [3, 5]])
    >>> positives = sample_positives(tags, 4, torch.Generator().manual_seed(0))
    >>> positives[0].tolist(), set(positives[1].tolist()) <= {3, 5}
    ([7, 7, 7, 7], True)
    """
    sizes = (tags != PADDING).sum(1, keepdim=True)
    positions = torch.rand(len(tags), number, generator=generator, dtype=torch.float64)
    return tags.gather(1, (positions * sizes).long())


class CategoricalSampler:
    """Samples tags in proportion to their weights, with replacement.

    The weights are summed up once, so that sampling costs little however many tags there are; T
    is not limited as it is for torch.multinomial, for vocabularies of millions.

    Args:
        weights: (T,) float64, not negative.
    """

    def __init__(self, weights: Tensor):
        self.weights, self.ends = weights, weights.cumsum(0)
        self.last = torch.searchsorted(self.ends, self.ends[-1])  # before trailing zero weights

    def sample(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """int64 of the given shape; never a tag of weight zero, but tag 0 where all are zero."""
        positions = torch.rand(shape, generator=generator, dtype=torch.float64) * self.ends[-1]
        return torch.searchsorted(self.ends, positions, right=True).minimum(self.last)

    def without(self, tags: Tensor) -> "CategoricalSampler":
        """A sampler in which these tags, int64, have weight zero."""
        return CategoricalSampler(self.weights.index_fill(0, tags, 0))

    @property
    def is_empty(self) -> bool:
        """Whether all weights are zero."""
        return not self.ends[-1]


def contains(rows: Tensor, tags: Tensor) -> Tensor:
    """Find which tags stand in the row of their photo.

    Args:
        rows: (B, L) int64, or (1, L) for one row that holds for every photo.
        tags: (B, K) int64.

    Returns:
        (B, K) bool.

    >>> contains(torch.tensor([[2, PADDING]]), torch.tensor([[1, 2]])).tolist()
    [[False, True]]
    """
    return (tags[:, :, None] == rows[:, None, :]).any(2)


def sample_negatives(
    sampler: CategoricalSampler,
    tags: Tensor,
    positives: Tensor,
    number: int,
    exclude: Exclusion,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Sample tags in proportion to their weights, without those that the photo is known to have.

    Args:
        sampler: over all tags, usually by counts ** power.
        tags: (B, L) int64 padded, all tags of each photo.
        positives: (B, P) int64, those sampled for this step.
        exclude: `sampled` excludes a photo's sampled positives (the default of Attalos 2016),
            `photo` all its tags, `batch` every photo's tags (its `ignore_posbatch`).

    Returns:
        (B, number) int64, and (B, number) bool: False where no allowed tag was found (a photo
        that has nearly every tag, a batch that holds the whole vocabulary).
    """
    shape = (len(tags), number)
    if exclude == "batch":
        others = sampler.without(tags[tags != PADDING].unique())
        if others.is_empty:
            return torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.bool)
        return others.sample(shape, generator), torch.ones(shape, dtype=torch.bool)
    excluded = tags if exclude == "photo" else positives
    negatives = sampler.sample(shape, generator)
    invalid = contains(excluded, negatives)
    for _ in range(MAX_RESAMPLES):
        if not invalid.any():
            break
        negatives[invalid] = sampler.sample((int(invalid.sum()),), generator)
        invalid = contains(excluded, negatives)
    return negatives, ~invalid
