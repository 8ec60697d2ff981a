"""Where the tags that stand against a photo's own come from."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from phototags.systems.parts.tag_sampling import Exclusion, Urn, among, draw_negatives
from phototags.systems.parts.tagged_photos import Batch

Negatives = Callable[[Batch, Tensor, torch.Generator], tuple[Tensor, Tensor]]


@dataclass(frozen=True, eq=False)
class DrawnEachStep:
    """From the vocabulary, anew for each batch.

    Args:
        urn: of all tags. number: K for each photo.
        exclude: which positives never stand as negatives.
    """

    urn: Urn
    number: int
    exclude: Exclusion

    def __call__(
        self, batch: Batch, positives: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """(B, K) int64 and (B, K) bool, False where a negative may not count."""
        return draw_negatives(self.urn, batch.tags, positives, self.number, self.exclude, generator)


@dataclass(eq=False)
class DrawnEachEpoch:
    """From the vocabulary, once for all photos of an epoch (Attalos 2016, slide option II).

    Drawing is then off the path of a step, at the price of fewer different negatives.

    Args:
        tags: (N, L) int64 padded, of all photos of the feed.
        urn: of all tags. number: K for each photo.
        epoch: whose negatives are held. before: the generator's state when they were drawn.
    """

    tags: Tensor
    urn: Urn
    number: int
    epoch: int = 0
    before: Tensor | None = None
    held: tuple[Tensor, Tensor] = field(default_factory=lambda: (torch.empty(0), torch.empty(0)))

    def __call__(
        self, batch: Batch, positives: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """(B, K) int64 and (B, K) bool."""
        if batch.epoch != self.epoch:
            after = self.draw(batch.epoch, generator.get_state())
            generator.set_state(after)
        return self.held[0][batch.indices], self.held[1][batch.indices]

    def draw(self, epoch: int, before: Tensor) -> Tensor:
        """Hold what a generator draws from one state on; the state that it is in then."""
        self.epoch, self.before, generator = epoch, before, torch.Generator()
        generator.set_state(before)
        self.held = draw_negatives(self.urn, self.tags, self.tags, self.number, "photo", generator)
        return generator.get_state()


@dataclass(frozen=True, eq=False)
class NextPhotosTags:
    """The tags drawn for the next photo of the batch (Attalos 2016, slide option I).

    They come in the proportions of the tags themselves and cost nothing to draw.

    Args:
        exclude: `photo` passes by those that the photo has as well, `sampled` only those drawn.
    """

    exclude: Exclusion

    def __call__(
        self, batch: Batch, positives: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """(B, P) int64 and (B, P) bool."""
        drawn = positives.roll(-1, 0)
        return drawn, ~among(drawn, batch.tags if self.exclude == "photo" else positives)
