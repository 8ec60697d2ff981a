"""Base class of the systems that regress a photo's embedding on vectors of its tags."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from phototags.systems.bases.gradient import BuiltSystem, LayeredSystem

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from phototags.systems.parts.tagged_photos import TaggedPhotos


class RegressionSystem(LayeredSystem):
    """The head learns the sum of its tags' target vectors; the tag table stays fixed."""

    @abstractmethod
    def make_tables(self, tag_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """The tag table (T, D) and the target of each tag (T, D), from the tag vectors."""

    def build_from_scratch(
        self, photos: TaggedPhotos, tag_vectors: Tensor, generator: Generator
    ) -> BuiltSystem:
        """Build the tagger with a fresh head over a fixed table."""
        from torch import zeros

        from phototags.systems.parts.objectives import RegressionObjective

        table, targets = self.make_tables(tag_vectors)
        bias = zeros(len(table))
        tagger = self.init_tagger(photos.features.shape[1], table, bias, generator)
        return BuiltSystem(tagger.freeze_tables(), RegressionObjective(targets))
