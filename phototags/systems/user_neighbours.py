"""The system `user-neighbours`: a baseline by the user's most similar photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.history import HistorySystem
from phototags.systems.knn import Knn

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.baselines import KnnTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class UserNeighbours(HistorySystem):
    """Baseline: the tags of the most similar of the user's other photos.

    Photos of unknown users get the tags of the most similar training photos.
    """

    tensor_shapes: ClassVar[Mapping[str, tuple]] = HistorySystem.tensor_shapes | {
        f"alone.{name}": shape for name, shape in Knn.tensor_shapes.items()
    }

    model: Literal["user-neighbours"]
    neighbours: int = Field(
        5,
        description="nearest training photos that vote for the tags of a photo of an unknown user;"
        " `users.neighbours` of the user's photos vote for the others",
        gt=0,
    )
    descriptors: list[Literal["nearest_tags"]] = Field(
        ["nearest_tags"],
        description="what is known of the user: votes of the most similar other photos",
        min_length=1,
        max_length=1,
    )

    @property
    def knn(self) -> Knn:
        """The system of a photo alone."""
        return Knn(model="neighbours", neighbours=self.neighbours)

    def fit_photo_tagger(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int
    ) -> KnnTagger:
        return self.knn.fit_closed_form(photos, validation, n_tags, 0)

    def restore_photo_tagger(self, tensors: Mapping[str, Tensor], n_features: int) -> KnnTagger:
        return self.knn.from_tensors(tensors, n_features)
