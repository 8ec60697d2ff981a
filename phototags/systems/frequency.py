"""The system `frequency`: a baseline that gives every photo the commonest tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.system import ClosedFormSystem

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.baselines import FrequencyTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class Frequency(ClosedFormSystem):
    """Baseline: every photo gets the commonest tags."""

    tensor_shapes: ClassVar[Mapping[str, tuple]] = {"counts": ("T",)}
    seeded: ClassVar[bool] = False

    model: Literal["frequency"]
    rarest: bool = Field(False, description="whether to give the rarest tags instead")

    def fit_closed_form(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int, seed: int
    ) -> FrequencyTagger:
        """Count the photos of each tag."""
        from phototags.systems.parts.baselines import FrequencyTagger

        return FrequencyTagger(photos.counts(n_tags), self.rarest)

    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> FrequencyTagger:
        """Restore a tagger from its counts."""
        from phototags.systems.parts.baselines import FrequencyTagger

        return FrequencyTagger(tensors["counts"], self.rarest)
