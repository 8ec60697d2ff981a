"""The system `random`: a baseline that gives every photo random tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from phototags.systems.bases.system import ClosedFormSystem

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.baselines import RandomTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos

MAX_TAGS = 100_000_000


class Random(ClosedFormSystem):
    """Baseline: every photo gets random tags."""

    tensor_shapes: ClassVar[Mapping[str, tuple]] = {"tags": (), "seed": ()}

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

        tags, seed = int(tensors["tags"]), int(tensors["seed"])
        if not (0 < tags <= MAX_TAGS and 0 <= seed < 1 << 32):
            raise ValueError(f"{tags} tags and the seed {seed} are out of range")
        return RandomTagger(tags, seed)
