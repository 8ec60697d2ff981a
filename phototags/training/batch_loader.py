"""Which photos and tags an epoch shows, in which batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from phototags.systems.bases.training_settings import TrainingSettings
from phototags.systems.parts.photo_sampling import (
    corrupt_tags,
    repeat_factors,
    sample_balanced,
    sample_repeated,
    subsample_tags,
)
from phototags.systems.parts.tagged_photos import Batch, TaggedPhotos
from phototags.tags.padding import PADDING


@dataclass(frozen=True, eq=False)
class BatchLoader:
    """Iterates over the training photos, epoch by epoch.

    Args:
        photos: the training photos.
        settings: of the system; the last batch of an epoch may have fewer than batch_size photos.
        tag_rates: (T,) float, share of photos that have the tag; for `root` and `balanced`.
        keep_probabilities: (T,) float, chance that a tag is kept in an epoch; None keeps all.
    """

    photos: TaggedPhotos
    settings: TrainingSettings
    tag_rates: Tensor | None = None
    keep_probabilities: Tensor | None = None

    def batches(self, epoch: int, generator: torch.Generator, skip: int = 0) -> Iterator[Batch]:
        """The batches of one epoch; a photo of which no tag is kept is left out.

        All random numbers of the epoch are drawn at once, before the first batch.

        Args:
            skip: batches at the beginning that are left out.
        """
        return self.iterate(epoch, skip, *self.sample_epoch(generator))

    def iterate(self, epoch: int, skip: int, tags: Tensor, order: Tensor) -> Iterator[Batch]:
        """The batches of an epoch after the first `skip`, as `sample_epoch` drew it."""
        batches = order.split(self.settings.batch_size)[skip:]
        for number, indices in enumerate(batches, start=skip + 1):
            fraction = min(number * self.settings.batch_size / max(len(order), 1), 1.0)
            yield Batch(indices, self.photos.features[indices], tags[indices], epoch, fraction)

    def sample_epoch(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """(N, L) int64 padded, the tags that are kept, and (M,) int64, the photos in order."""
        tags = self.photos.tags
        if self.keep_probabilities is not None:
            tags = subsample_tags(tags, self.keep_probabilities, generator)
        order = self.sample_order(generator)
        return tags, order[tags[order, 0] != PADDING]

    def sample_order(self, generator: torch.Generator) -> Tensor:
        """(M,) int64, the photos of one epoch."""
        tags = self.photos.tags
        if self.settings.sampling == "root":
            factors = repeat_factors(tags, self.tag_rates, self.settings.repeat_threshold)
            return sample_repeated(factors, generator)
        if self.settings.sampling == "balanced":
            return sample_balanced(tags, len(self.tag_rates), generator)
        return torch.randperm(len(tags), generator=generator)


def add_label_noise(
    photos: TaggedPhotos, share: float, vocabulary: int, generator: torch.Generator
) -> TaggedPhotos:
    """Replace a share of the tags by wrong ones, drawn in proportion to their counts."""
    if not share:
        return photos
    weights = photos.counts(vocabulary).double()
    return replace(photos, tags=corrupt_tags(photos.tags, share, weights, generator))
