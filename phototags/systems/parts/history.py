"""Taggers that mix the tags of the user's other photos with a tagger of the photo alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos

if TYPE_CHECKING:
    from phototags.systems.tagger import Tagger

PREFIX = "alone."
"""Of the names of the tensors of the tagger of a photo alone."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class HistoryTagger:
    """weight x (the user's other photos) + (1 - weight) x (the photo alone).

    The user's photos come as the last columns of the photo's features: a number for each tag, then
    1 where there are other photos. Where there are none, or no such columns, the photo alone is
    scored.

    Args:
        alone: tagger of (B, n) features; of one with an embedding, the probabilities count.
        n_features: n. weight: in (0, 1).
    """

    alone: Tagger
    n_features: int
    weight: float

    def tensors(self) -> dict[str, Tensor]:
        own = {PREFIX + name: tensor for name, tensor in self.alone.tensors().items()}
        return {**own, "weight": torch.tensor(self.weight, dtype=torch.float64)}

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) or (B, n + T + 1) to (B, T) float."""
        photos, users = features[:, : self.n_features], features[:, self.n_features :]
        with torch.no_grad():
            own = self.alone.scores(photos)
        own = own.sigmoid() if isinstance(self.alone, EmbeddingTagger) else own
        if not users.shape[1]:
            return own
        others, known = users[:, :-1].to(own), users[:, -1:] > 0
        return torch.where(known, self.weight * others + (1 - self.weight) * own, own)


def hide_users(photos: TaggedPhotos) -> TaggedPhotos:
    """The same photos without the columns of their users."""
    n_features = photos.features.shape[1] - photos.n_user_features
    return replace(photos, features=photos.features[:, :n_features], n_user_features=0)


def choose_weight(
    tagger: HistoryTagger, weights: Sequence[float], validation: TaggedPhotos, n_tags: int
) -> HistoryTagger:
    """The tagger with the weight of the least cross-entropy on validation photos.

    Args:
        weights: in (0, 1), the first of equal ones is taken, and without photos the first.
    """
    if not len(validation) or len(weights) == 1:
        return replace(tagger, weight=weights[0])
    truth, losses = validation.relevant(n_tags).float(), []
    for weight in weights:
        scores = replace(tagger, weight=weight).scores(validation.features)
        losses.append(float(binary_cross_entropy(scores.clamp(0, 1), truth)))
        log.info("weight %g: validation cross-entropy %.5f", weight, losses[-1])
    return replace(tagger, weight=weights[losses.index(min(losses))])
