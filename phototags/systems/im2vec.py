"""The system `im2vec`: word2vec with the photo in the place of the input word (Attalos 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from phototags.errors import ModelError
from phototags.systems.bases.gradient import BuiltSystem
from phototags.systems.bases.sampled import SampledLoss, SampledSystem

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from phototags.systems.parts.objectives import Objective
    from phototags.systems.parts.tag_optimisers import TagOptimiser
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class Im2Vec(SampledSystem):
    """The photo in the place of word2vec's input word: embeddings that agree with tag vectors."""

    model: Literal["im2vec"]
    renamed: ClassVar[Mapping[str, str]] = SampledSystem.renamed | {"prior": "prior_weight"}

    tag_vectors: Literal["fixed", "joint"] = Field(
        "fixed", description="whether the tag vectors stay `fixed` or are trained too (`joint`)"
    )
    initial_length: float | None = Field(
        0.35,
        description="mean length that the tag vectors are scaled to before training; null keeps"
        " their own, about 7 after skip-gram, where a joint table hardly turns",
        gt=0,
    )
    dimensions: int | None = Field(
        None,
        description="dimensions of the embedding when joint: columns of zeros, which are learned,"
        " are appended to the tag vectors; null keeps theirs",
        gt=0,
    )
    tag_optimiser: Literal["adam", "adagrad", "sgd"] = Field(
        "adam",
        description="optimiser of the tag vectors when joint, which moves only the rows of a step's"
        " tags: `adam` keeps twice the table in memory, `adagrad` one number a row, `sgd` nothing"
        " (as published, on the sum of the pairs' losses)",
    )
    tag_learning_rate: float = Field(
        0.01, description="learning rate of the tag vectors when joint", gt=0
    )
    expectation: Literal["sampled", "exact"] = Field(
        "sampled",
        description="`exact` takes the loss' expectation over all tags in place of the draws of"
        " `positives` and `negatives`: no noise, at the cost of scoring the whole vocabulary in"
        " each step, for up to some thousand tags",
    )
    prior_weight: float = Field(
        0.0,
        description="share of log(count ** power) added to the scores: 0 ranks as published, "
        "1 gives common tags back what the negatives took from them",
        ge=0,
    )

    @model_validator(mode="after")
    def refuse_dimensions_that_stay_zero(self) -> Im2Vec:
        """Raise a ValueError where appended columns would never be learned."""
        if self.dimensions and not self.trains_tag_vectors:
            raise ValueError("dimensions needs tag_vectors: joint: fixed ones stay as they are")
        return self

    @model_validator(mode="after")
    def refuse_impossible_expectation(self) -> Im2Vec:
        """Raise a ValueError where there is no expectation over the draws, or no step of it."""
        if self.expectation == "sampled":
            return self
        if self.draw_negatives != "each_step" or self.exclude == "sampled":
            raise ValueError(
                "expectation: exact needs draw_negatives: each_step and exclude: photo or batch, "
                f"but they are {self.draw_negatives} and {self.exclude}"
            )
        if self.trains_tag_vectors and self.tag_optimiser == "sgd":
            raise ValueError(
                "expectation: exact needs tag_optimiser: adam or adagrad, since sgd is on the sum "
                "of the drawn pairs"
            )
        return self

    @property
    def log_rate_weight(self) -> float:
        return self.prior_weight * self.power

    @property
    def trains_tag_vectors(self) -> bool:
        return self.tag_vectors == "joint"

    @property
    def can_shard_tags(self) -> bool:
        return self.expectation == "sampled"

    def make_loss(self) -> SampledLoss:
        """word2vec's negative sampling loss."""
        from phototags.systems.parts.losses import negative_sampling_loss

        return negative_sampling_loss

    def build_from_scratch(
        self, photos: TaggedPhotos, tag_vectors: Tensor, generator: Generator
    ) -> BuiltSystem:
        """Build the tagger on the tag vectors, scaled and widened as the settings say.

        Raises:
            ModelError: the tag vectors have more dimensions than asked for.
        """
        from torch.nn.functional import pad

        width = self.dimensions or tag_vectors.shape[1]
        if width < tag_vectors.shape[1]:
            raise ModelError(
                f"dimensions should be at least that of the tag vectors, {tag_vectors.shape[1]}, "
                f"but is {width}. Raise it, or lower embed_tags.dimensions in params.yaml."
            )
        if self.initial_length:
            mean = tag_vectors.norm(dim=1).mean().clamp_min(1e-12)
            tag_vectors = tag_vectors * (self.initial_length / mean)
        wide = pad(tag_vectors, (0, width - tag_vectors.shape[1]))
        return super().build_from_scratch(photos, wide, generator)

    def make_objective(self, photos: TaggedPhotos, n_tags: int) -> Objective:
        from phototags.systems.parts.losses import expected_negative_sampling_loss
        from phototags.systems.parts.objectives import ExpectedObjective, SampledObjective

        if self.expectation == "exact":
            weights = photos.counts(n_tags).double() ** self.power
            optimiser = self.make_tag_optimiser()
            loss = expected_negative_sampling_loss
            return ExpectedObjective(loss, weights, self.exclude, optimiser)
        return SampledObjective(
            self.make_loss(),
            self.positives,
            self.make_negative_sampler(photos, n_tags),
            self.tag_learning_rate if self.trains_tag_vectors else 0.0,
            self.make_tag_optimiser(),
        )

    def make_tag_optimiser(self) -> TagOptimiser | None:
        """The optimiser of joint tag vectors; None for plain SGD, or where they stay fixed."""
        from phototags.systems.parts.tag_optimisers import TAG_OPTIMISERS

        if not self.trains_tag_vectors or self.tag_optimiser == "sgd":
            return None
        return TAG_OPTIMISERS[self.tag_optimiser](self.tag_learning_rate)
