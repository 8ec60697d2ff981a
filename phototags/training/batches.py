"""What the loop is fed: which photos and tags an epoch shows, in which batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from phototags.systems.parts.photo_sampling import (
    balanced,
    noisy,
    repeat_factors,
    repeated,
    subsampled,
)
from phototags.tags.padding import PADDING
from phototags.training.tagged_photos import TaggedPhotos


@dataclass(frozen=True, eq=False)
class Batch:
    """Photos of a step.

    Args:
        which: (B,) int64, their numbers in the feed's photos.
        features: (B, n) float32.
        tags: (B, L) int64 padded, at least one tag a photo.
        epoch: from 1.
        share: in (0, 1], of the epoch's photos that were shown when this batch was.
    """

    which: Tensor
    features: Tensor
    tags: Tensor
    epoch: int
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Feed:
    """Training photos and the way an epoch shows them.

    Args:
        photos: what is learned from.
        batch: photos a step.
        sampling: `natural` shows each photo once, `root` repeats the photos of rare tags,
            `balanced` draws as many photos as there are, every tag with the same chance.
        rates: (T,) float, share of photos that have the tag; `root` and `balanced` need it.
        repeat_threshold: rate below which `root` repeats.
        chances: (T,) float, how likely a tag is believed; None believes all.
    """

    photos: TaggedPhotos
    batch: int
    sampling: Literal["natural", "root", "balanced"] = "natural"
    rates: Tensor | None = None
    repeat_threshold: float = 0.01
    chances: Tensor | None = None

    def batches(self, epoch: int, generator: torch.Generator, learned: int = 0) -> Iterator[Batch]:
        """One epoch; a photo whose tags are all disbelieved is passed by.

        All its draws are made at once, before the first batch.

        Args:
            learned: batches at the beginning that are left out.
        """
        return self.following(epoch, learned, *self.shown(generator))

    def following(self, epoch: int, learned: int, tags: Tensor, order: Tensor) -> Iterator[Batch]:
        """The batches of an epoch after the first `learned`, as `shown` drew it."""
        for number, which in enumerate(order.split(self.batch)[learned:], start=learned + 1):
            share = min(number * self.batch / max(len(order), 1), 1.0)
            yield Batch(which, self.photos.features[which], tags[which], epoch, share)

    def shown(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """(N, L) int64 padded, the tags that are believed, and (M,) int64, the photos in order."""
        tags = self.photos.tags
        if self.chances is not None:
            tags = subsampled(tags, self.chances, generator)
        order = self.order(generator)
        return tags, order[tags[order, 0] != PADDING]

    def order(self, generator: torch.Generator) -> Tensor:
        """(M,) int64, the photos of one epoch."""
        tags = self.photos.tags
        if self.sampling == "root":
            return repeated(repeat_factors(tags, self.rates, self.repeat_threshold), generator)
        if self.sampling == "balanced":
            return balanced(tags, len(self.rates), generator)
        return torch.randperm(len(tags), generator=generator)


def spoilt(
    photos: TaggedPhotos, share: float, vocabulary: int, generator: torch.Generator
) -> TaggedPhotos:
    """The photos with a share of their tags replaced by wrong ones."""
    if not share:
        return photos
    weights = photos.counts(vocabulary).double()
    return replace(photos, tags=noisy(photos.tags, share, weights, generator))
