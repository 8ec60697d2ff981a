"""The system `random`: a baseline that gives every photo random tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from phototags.systems.bases.system import ClosedFormSystem

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.baselines import RandomTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class Random(ClosedFormSystem):
    """Baseline: every photo gets random tags."""

    model: Literal["random"]

    def fit_closed_form(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int, seed: int
    ) -> RandomTagger:
        """Keep the seed; nothing is learned."""
        from phototags.systems.parts.baselines import RandomTagger

        return RandomTagger(n_tags, seed)

    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> RandomTagger:
        """Restore a tagger from its number of tags and its seed."""
        from phototags.systems.parts.baselines import RandomTagger

        return RandomTagger(int(tensors["tags"]), int(tensors["seed"]))
