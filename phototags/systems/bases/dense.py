"""Base class of the systems that score every tag for every photo in training."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from phototags.systems.bases.gradient import BuiltSystem, LayeredSystem

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

    from phototags.systems.parts.tagged_photos import TaggedPhotos

DenseLoss = Callable[["Tensor", "Tensor"], "Tensor"]
"""From (B, T) scores and (B, T) bool tags to () float."""


class DenseSystem(LayeredSystem):
    """The tag table is the head's last layer, and is learned with its bias."""

    @abstractmethod
    def make_loss(self) -> DenseLoss:
        """The loss of all scores."""

    def initial_bias(self, tag_rates: Tensor) -> Tensor:
        """(T,) bias with which every score starts as the tag's rate, (T,) in (0, 1)."""
        return tag_rates.logit()

    def make_head(
        self, n_features: int, embedding_dim: int, generator: Generator, n_user_features: int
    ) -> nn.Module:
        """Make a fresh head (B, n) -> (B, D), where D is the width of the last hidden layer."""
        from phototags.systems.parts.heads import make_head

        return make_head(n_features, self.hidden, self.scaling, self.dropout, generator)

    def layer_widths(self, n_features: int, embedding_dim: int) -> list[int]:
        return [n_features, *self.hidden]

    def build_from_scratch(
        self, photos: TaggedPhotos, tag_vectors: Tensor, generator: Generator
    ) -> BuiltSystem:
        """Build the tagger with fresh weights, a table of zeros and a bias of tag rates."""
        from torch import zeros

        from phototags.systems.parts.objectives import DenseObjective

        n_tags, n_features = len(tag_vectors), photos.features.shape[1]
        bias = self.initial_bias(photos.smooth_rates(n_tags))
        table = zeros(n_tags, (self.hidden or [n_features])[-1])
        tagger = self.init_tagger(n_features, table, bias, generator)
        return BuiltSystem(tagger, DenseObjective(self.make_loss()))
