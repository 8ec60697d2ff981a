"""What a step of training wants: a tagger, a batch and a generator make one loss."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from phototags.taggers.embedding import EmbeddingTagger
from phototags.taggers.joint import move_tag_vectors
from phototags.taggers.losses import negative_sampling_loss
from phototags.taggers.sampling import Exclusion, draw_negatives, draw_positives
from phototags.training.photos import spread

Objective = Callable[[EmbeddingTagger, Tensor, Tensor, torch.Generator], Tensor]


@dataclass(frozen=True, eq=False)
class Dense:
    """Every tag of the vocabulary is scored for every photo.

    Args:
        loss: (B, T) scores and (B, T) bool tags to one number.
    """

    loss: Callable[[Tensor, Tensor], Tensor]

    def __call__(
        self, tagger: EmbeddingTagger, features: Tensor, tags: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Features (B, n) and padded tags (B, L) to ()."""
        scores = tagger(features)
        return self.loss(scores, spread(tags, scores.shape[1]))


@dataclass(frozen=True, eq=False)
class Sampled:
    """A few of the photo's tags against a few drawn from the vocabulary (Im2Vec).

    Args:
        weights: (T,) float64, negatives are drawn in proportion.
        positives: tags drawn from a photo. negatives: tags drawn against it.
        exclude: which positives never stand as negatives.
        joint_rate: step of the tag vectors; 0 leaves them where they are.
    """

    weights: Tensor
    positives: int
    negatives: int
    exclude: Exclusion
    joint_rate: float = 0.0

    def __call__(
        self, tagger: EmbeddingTagger, features: Tensor, tags: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Features (B, n) and padded tags (B, L) to (); moves the tag vectors when joint."""
        positives = draw_positives(tags, self.positives, generator)
        negatives, kept = draw_negatives(
            self.weights, tags, positives, self.negatives, self.exclude, generator
        )
        embeddings, table = tagger.embed(features), tagger.tag_vectors.detach()
        near = torch.einsum("bkd,bd->bk", table[positives], embeddings)
        far = torch.einsum("bkd,bd->bk", table[negatives], embeddings)
        if self.joint_rate:
            move_tag_vectors(table, embeddings, positives, negatives, kept, self.joint_rate)
        return negative_sampling_loss(near, far, kept)
