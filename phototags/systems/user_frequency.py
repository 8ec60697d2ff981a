"""The system `user-frequency`: a baseline that gives the commonest tags of the user's photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.history import HistorySystem

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.baselines import FrequencyTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class UserFrequency(HistorySystem):
    """Baseline: the commonest tags of the user's other photos, never seeing the picture.

    Photos of unknown users get the commonest tags of all training photos.
    """

    tensor_shapes: ClassVar[Mapping[str, tuple]] = HistorySystem.tensor_shapes | {
        "alone.counts": ("T",)
    }

    model: Literal["user-frequency"]
    descriptors: list[Literal["tag_shares"]] = Field(
        ["tag_shares"],
        description="what is known of the user: the share of the user's other photos with each tag",
        min_length=1,
        max_length=1,
    )

    def fit_photo_tagger(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int
    ) -> FrequencyTagger:
        """The share of the training photos with each tag."""
        from phototags.systems.parts.baselines import FrequencyTagger

        return FrequencyTagger(photos.smooth_rates(n_tags))

    def restore_photo_tagger(
        self, tensors: Mapping[str, Tensor], n_features: int
    ) -> FrequencyTagger:
        from phototags.systems.parts.baselines import FrequencyTagger

        return FrequencyTagger(tensors["counts"])
