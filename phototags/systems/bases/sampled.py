"""Base class of the systems that score a few tags of a photo against a few sampled others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from phototags.systems.bases.gradient import BuiltSystem, LayeredSystem

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from phototags.systems.parts.negatives import NegativeSampler
    from phototags.systems.parts.objectives import Objective
    from phototags.systems.parts.tagged_photos import TaggedPhotos

SampledLoss = Callable[["Tensor", "Tensor", "Tensor"], "Tensor"]
"""From (B, P) and (B, K) scores and the (B, K) bool of valid negatives to () float."""


class SampledSystem(LayeredSystem):
    """A few tags of the photo are scored against a few sampled from the vocabulary."""

    can_shard_tags: ClassVar[bool] = True
    renamed: ClassVar[Mapping[str, str]] = LayeredSystem.renamed | {
        "drawn": "draw_negatives",
        "draw_negatives=step": "draw_negatives=each_step",
        "draw_negatives=epoch": "draw_negatives=each_epoch",
        "subsample_above": "subsample_threshold",
    }

    positives: int = Field(5, description="tags sampled from a photo, with replacement", gt=0)
    negatives: int = Field(10, description="tags sampled from the vocabulary for a photo", gt=0)
    power: float = Field(
        1.0, description="negatives are sampled in proportion to count ** power", ge=0
    )
    exclude: Literal["sampled", "photo", "batch"] = Field(
        "photo",
        description="tags that are never negatives of a photo: its `sampled` positives, all tags of"
        " the `photo`, or all tags of the `batch`",
    )
    draw_negatives: Literal["each_step", "each_epoch", "next_photo"] = Field(
        "each_step",
        description="when negatives are sampled: for each batch, once an epoch, or never, where the"
        " next photo's positives take their place",
    )
    subsample_threshold: float | None = Field(
        None,
        description="rate from which a tag is never learned from; rarer tags are skipped less"
        " often; null skips none",
    )

    @model_validator(mode="after")
    def refuse_impossible_negatives(self) -> SampledSystem:
        """Raise a ValueError where the negatives to exclude are not known in time."""
        if self.draw_negatives != "each_step" and self.exclude == "batch":
            raise ValueError(f"exclude: batch cannot go with draw_negatives: {self.draw_negatives}")
        if self.draw_negatives == "each_epoch" and self.exclude != "photo":
            raise ValueError(
                "draw_negatives: each_epoch needs exclude: photo, since positives are drawn later"
            )
        return self

    @property
    def log_rate_weight(self) -> float:
        """Weight of the logarithm of the tags' rates in the tagger's bias."""
        return 0.0

    @property
    def trains_tag_vectors(self) -> bool:
        """Whether the tag vectors are trained too."""
        return False

    @abstractmethod
    def make_loss(self) -> SampledLoss:
        """The loss of a few scores."""

    def build_from_scratch(
        self, photos: TaggedPhotos, tag_vectors: Tensor, generator: Generator
    ) -> BuiltSystem:
        """Build the tagger on the given tag vectors, which no gradient moves."""
        bias = self.log_rate_weight * photos.smooth_rates(len(tag_vectors)).log()
        tagger = self.init_tagger(photos.features.shape[1], tag_vectors, bias, generator)
        objective = self.make_objective(photos, len(tag_vectors))
        return BuiltSystem(tagger.freeze_tables(joint=self.trains_tag_vectors), objective)

    def make_objective(self, photos: TaggedPhotos, n_tags: int) -> Objective:
        """The objective, with negatives by the counts of the training photos."""
        from phototags.systems.parts.objectives import SampledObjective

        sampler = self.make_negative_sampler(photos, n_tags)
        return SampledObjective(self.make_loss(), self.positives, sampler)

    def make_negative_sampler(self, photos: TaggedPhotos, n_tags: int) -> NegativeSampler:
        """The sampler of negatives, by the counts of the training photos alone."""
        from phototags.systems.parts.negatives import (
            NegativesEachEpoch,
            NegativesEachStep,
            NextPhotoNegatives,
        )
        from phototags.systems.parts.tag_sampling import CategoricalSampler

        if self.draw_negatives == "next_photo":
            return NextPhotoNegatives(self.exclude)
        sampler = CategoricalSampler(photos.counts(n_tags).double() ** self.power)
        if self.draw_negatives == "each_epoch":
            return NegativesEachEpoch(photos.tags, sampler, self.negatives)
        return NegativesEachStep(sampler, self.negatives, self.exclude)

    def keep_probabilities(self, tag_rates: Tensor) -> Tensor | None:
        from phototags.systems.parts.photo_sampling import keep_probabilities

        threshold = self.subsample_threshold
        return keep_probabilities(tag_rates, threshold) if threshold else None
