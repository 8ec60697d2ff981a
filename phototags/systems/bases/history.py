"""Base class of the systems that add the tags of the user's other photos to a photo's own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from phototags.systems.bases.system import ClosedFormSystem
from phototags.systems.bases.user import Descriptor

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.history import HistoryTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos
    from phototags.systems.tagger import Tagger

Weight = Annotated[float, Field(gt=0, lt=1)]
WEIGHTS = (
    "weights of the user's other photos to choose from, by the cross-entropy on validation photos;"
    " the rest is the weight of the photo alone. Without validation photos, and of equal ones, the"
    " first is taken; 0.999 lets the photo alone decide between tags that the user's photos rank"
    " equally"
)


class HistorySystem(ClosedFormSystem):
    """A mean of what the user's other photos say and of a tagger that knows the photo alone.

    A photo whose user is unknown is scored by the latter.
    """

    tensor_shapes: ClassVar[Mapping[str, tuple]] = {"weight": ()}
    seeded: ClassVar[bool] = False
    uses_users: ClassVar[bool] = True
    in_user_comparison: ClassVar[bool] = True

    descriptors: list[Descriptor] = Field(description="what is known of the user")
    weights: list[Weight] = Field([0.999], description=WEIGHTS, min_length=1)

    @property
    def user_descriptors(self) -> Sequence[str]:
        return self.descriptors

    @abstractmethod
    def fit_photo_tagger(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int
    ) -> Tagger:
        """Fit the tagger of a photo alone, whose scores are in the units of the descriptor."""

    @abstractmethod
    def restore_photo_tagger(self, tensors: Mapping[str, Tensor], n_features: int) -> Tagger:
        """Restore that tagger from what its `tensors()` returned."""

    def fit_closed_form(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int, seed: int
    ) -> HistoryTagger:
        """Fit the tagger of a photo alone, then choose the weight."""
        from phototags.systems.parts.history import HistoryTagger, choose_weight, hide_users

        alone = self.fit_photo_tagger(hide_users(photos), hide_users(validation), n_tags)
        n_features = photos.features.shape[1] - photos.n_user_features
        tagger = HistoryTagger(alone, n_features, self.weights[0])
        return choose_weight(tagger, self.weights, validation, n_tags)

    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> HistoryTagger:
        """Restore a tagger from that of a photo alone and the weight."""
        from phototags.systems.parts.history import PREFIX, HistoryTagger

        own = {
            name.removeprefix(PREFIX): tensor
            for name, tensor in tensors.items()
            if name.startswith(PREFIX)
        }
        weight = float(tensors["weight"])
        if not 0 < weight < 1:
            raise ValueError(f"the weight of the user's other photos is {weight}, not in (0, 1)")
        return HistoryTagger(self.restore_photo_tagger(own, n_features), n_features, weight)
