"""Which photos and tags an epoch shows, in which batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

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
from phototags.systems.parts.tag_sampling import contains
from phototags.systems.parts.tagged_photos import Batch, TaggedPhotos
from phototags.tags.padding import PADDING


class EpochSample(NamedTuple):
    """What one epoch shows.

    Args:
        photos: (M,) int64, positions of the photos in order; a photo may occur again.
        kept_tags: (M, K) int64 padded, the tags to sample positives from; None: all of the photo.
            Balanced sampling keeps only the tag that the photo was drawn for.
    """

    photos: Tensor
    kept_tags: Tensor | None = None


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
        return self.iterate(epoch, skip, self.sample_epoch(generator))

    def iterate(self, epoch: int, skip: int, sample: EpochSample) -> Iterator[Batch]:
        """The batches of an epoch after the first `skip`, as `sample_epoch` drew it."""
        size = self.settings.batch_size
        for start in range(skip * size, len(sample.photos), size):
            features = self.photos.features[sample.photos[start : start + size]]
            yield self.make_batch(sample, start, features, epoch)

    def make_batch(self, sample: EpochSample, start: int, inputs: Tensor, epoch: int) -> Batch:
        """The batch of the epoch's photos from `start` on, as many as there are inputs."""
        end = start + len(inputs)
        indices = sample.photos[start:end]
        kept_tags = None if sample.kept_tags is None else sample.kept_tags[start:end]
        fraction = end / len(sample.photos)
        return Batch(indices, inputs, self.photos.tags[indices], epoch, fraction, kept_tags)

    def sample_epoch(self, generator: torch.Generator) -> EpochSample:
        """Draw an epoch; a photo of which no tag is kept is left out."""
        if self.keep_probabilities is None:
            return self.sample_photos(generator)
        tags = subsample_tags(self.photos.tags, self.keep_probabilities, generator)
        photos, pair_tags = self.sample_photos(generator)
        kept = tags[photos]
        if pair_tags is not None:
            kept = pair_tags.where(contains(kept, pair_tags), PADDING)
        shown = kept[:, 0] != PADDING
        return EpochSample(photos[shown], kept[shown])

    def sample_photos(self, generator: torch.Generator) -> EpochSample:
        """Draw an epoch of which every tag is kept."""
        tags = self.photos.tags
        if self.settings.sampling == "root":
            factors = repeat_factors(tags, self.tag_rates, self.settings.repeat_threshold)
            return EpochSample(sample_repeated(factors, generator))
        if self.settings.sampling == "balanced":
            photos, pair_tags = sample_balanced(tags, len(self.tag_rates), generator)
            return EpochSample(photos, pair_tags[:, None])
        return EpochSample(torch.randperm(len(tags), generator=generator))


def add_label_noise(
    photos: TaggedPhotos, share: float, vocabulary: int, generator: torch.Generator
) -> TaggedPhotos:
    """Replace a share of the tags by wrong ones, drawn in proportion to their counts."""
    if not share:
        return photos
    weights = photos.counts(vocabulary).double()
    return replace(photos, tags=corrupt_tags(photos.tags, share, weights, generator))
