"""The system `user-attention`: attention over the user's photos, mixed with a logistic tagger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat

from phototags.systems.bases.history import WEIGHTS, HistorySystem, Weight
from phototags.systems.logistic import Logistic

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.embedding_tagger import EmbeddingTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class UserAttention(HistorySystem):
    """Attention over the user's other photos, mixed with probabilities of the photo alone.

    Photos of unknown users get the probabilities of `logistic` alone.
    """

    tensor_shapes: ClassVar[Mapping[str, tuple]] = HistorySystem.tensor_shapes | {
        f"alone.{name}": shape for name, shape in Logistic.tensor_shapes.items()
    }

    model: Literal["user-attention"]
    weights: list[Weight] = Field([0.1, 0.3, 0.5, 0.7, 0.9], description=WEIGHTS, min_length=1)
    l2: list[PositiveFloat] = Field(
        [0.3, 0.1, 0.03, 0.01],
        description="penalties of the photo's own tagger, `logistic`, to choose from",
        min_length=1,
    )
    descriptors: list[Literal["attended_tags"]] = Field(
        ["attended_tags"],
        description="what is known of the user: the tags of the other photos, weighted by attention"
        " (`users.sharpness`)",
        min_length=1,
        max_length=1,
    )

    @property
    def logistic(self) -> Logistic:
        """The system of a photo alone."""
        return Logistic(model="logistic", l2=self.l2)

    def fit_photo_tagger(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int
    ) -> EmbeddingTagger:
        return self.logistic.fit_closed_form(photos, validation, n_tags, 0)

    def restore_photo_tagger(
        self, tensors: Mapping[str, Tensor], n_features: int
    ) -> EmbeddingTagger:
        return self.logistic.from_tensors(tensors, n_features)
