"""Samplers of negatives: tags that a photo's own tags are scored against."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from phototags.systems.parts.tag_sampling import (
    CategoricalSampler,
    Exclusion,
    contains,
    sample_negatives,
)
from phototags.systems.parts.tagged_photos import Batch

NegativeSampler = Callable[[Batch, Tensor, torch.Generator], tuple[Tensor, Tensor]]
"""From a batch, its (B, P) positives and a generator to (B, K) int64 tags and (B, K) bool, False
where a negative is not valid."""


@dataclass(frozen=True, eq=False)
class NegativesEachStep:
    """Samples from the vocabulary anew for each batch.

    Args:
        sampler: over all tags. number: K, negatives a photo.
        exclude: tags that are never negatives, see `sample_negatives`.
    """

    sampler: CategoricalSampler
    number: int
    exclude: Exclusion

    def __call__(
        self, batch: Batch, positives: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        return sample_negatives(
            self.sampler, batch.tags, positives, self.number, self.exclude, generator
        )


@dataclass(eq=False)
class NegativesEachEpoch:
    """Samples from the vocabulary once for all photos of an epoch (Attalos 2016, slide option II).

    A step then samples nothing, at the price of fewer different negatives.

    Args:
        tags: (N, L) int64 padded, of all training photos.
        sampler: over all tags. number: K, negatives a photo.
        epoch: of the current negatives.
        generator_state: from which the current negatives were sampled; a checkpoint holds it.
        current: (N, K) int64 tags and (N, K) bool, valid ones.
    """

    tags: Tensor
    sampler: CategoricalSampler
    number: int
    epoch: int = 0
    generator_state: Tensor | None = None
    current: tuple[Tensor, Tensor] = field(default_factory=lambda: (torch.empty(0), torch.empty(0)))

    def __call__(
        self, batch: Batch, positives: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        if batch.epoch != self.epoch:
            generator.set_state(self.sample_epoch(batch.epoch, generator.get_state()))
        tags, valid = self.current
        return tags[batch.indices], valid[batch.indices]

    def sample_epoch(self, epoch: int, generator_state: Tensor) -> Tensor:
        """Sample the negatives of an epoch.

        Args:
            generator_state: of a generator before it samples.

        Returns:
            its state afterwards.
        """
        self.epoch, self.generator_state = epoch, generator_state
        generator = torch.Generator()
        generator.set_state(generator_state)
        self.current = sample_negatives(
            self.sampler, self.tags, self.tags, self.number, "photo", generator
        )
        return generator.get_state()


@dataclass(frozen=True, eq=False)
class NextPhotoNegatives:
    """Takes the positives of the next photo of the batch (Attalos 2016, slide option I).

    They come in the proportions of the tags themselves and need no sampling.

    Args:
        exclude: `photo` makes all tags of the photo invalid, `sampled` only its positives.
    """

    exclude: Exclusion

    def __call__(
        self, batch: Batch, positives: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """As `NegativeSampler`, with K = P."""
        negatives = positives.roll(-1, 0)
        forbidden = batch.tags if self.exclude == "photo" else positives
        return negatives, ~contains(forbidden, negatives)
