"""What a step of training wants: a tagger, a batch and a generator make one loss."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.losses import target_error
from phototags.systems.parts.ranking_losses import warp_loss
from phototags.systems.parts.tag_sampling import draw_positives
from phototags.systems.parts.tag_table import move_tag_vectors
from phototags.systems.parts.tagged_photos import Batch
from phototags.systems.parts.targets import summed
from phototags.tags.padding import multi_hot
from phototags.training.negatives import Negatives

Objective = Callable[[EmbeddingTagger, Batch, torch.Generator], Tensor]


@dataclass(frozen=True, eq=False)
class Dense:
    """Every tag of the vocabulary is scored for every photo.

    Args:
        loss: (B, T) scores and (B, T) bool tags to one number.
    """

    loss: Callable[[Tensor, Tensor], Tensor]

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        scores = tagger(batch.features)
        return self.loss(scores, multi_hot(batch.tags, scores.shape[1]).to(scores.device))


@dataclass(frozen=True, eq=False)
class Regressed:
    """The embedding should be the sum of what stands for each tag.

    Args:
        table: (T, D) float, a target for each tag.
    """

    table: Tensor

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        targets = summed(multi_hot(batch.tags, len(self.table)), self.table)
        embeddings = tagger.embed(batch.features)
        return target_error(embeddings, targets.to(embeddings.device))


@dataclass(frozen=True, eq=False)
class Warp:
    """One tag of each photo against the first drawn tag that comes too near.

    Args:
        margin: how far the tag should stand before the others. draws: tags drawn at most.
        shared: all photos of a batch meet the same draws, in the same order. Each photo's are as
            likely as its own would be, and the scores of the other tags are not needed.
    """

    margin: float
    draws: int
    shared: bool = False

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        embeddings, table, bias = tagger.embed(batch.features), tagger.tag_vectors, tagger.bias
        positives = draw_positives(batch.tags, 1, generator)
        photos, tags, device = len(embeddings), len(bias), embeddings.device
        rows = 1 if self.shared else photos
        drawn = torch.randint(0, tags, (rows, self.draws), generator=generator)
        other = ~multi_hot(batch.tags, tags)
        kept = other[:, drawn[0]] if self.shared else other.gather(1, drawn)
        positives, drawn, kept = positives[:, 0].to(device), drawn.to(device), kept.to(device)
        if self.shared:
            near = (embeddings * table[positives]).sum(1) + bias[positives]
            far = embeddings @ table[drawn[0]].T + bias[drawn[0]]
        else:
            scores = embeddings @ table.T + bias
            near, far = scores.gather(1, positives[:, None])[:, 0], scores.gather(1, drawn)
        return warp_loss(near, far, kept, tags=tags, margin=self.margin)


@dataclass(frozen=True, eq=False)
class Sampled:
    """A few of the photo's tags against a few others (Im2Vec, Fast0Tag).

    Args:
        loss: (B, P) and (B, K) scores, and (B, K) bool of the negatives that count.
        positives: tags drawn from a photo. negatives: what stands against them.
        joint_rate: step of the tag vectors; 0 leaves them where they are.
    """

    loss: Callable[[Tensor, Tensor, Tensor], Tensor]
    positives: int
    negatives: Negatives
    joint_rate: float = 0.0

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        """The loss; moves the tag vectors when joint."""
        positives = draw_positives(batch.tags, self.positives, generator)
        negatives, kept = self.negatives(batch, positives, generator)
        embeddings, table = tagger.embed(batch.features), tagger.tag_vectors.detach()
        pairs = [drawn.to(table.device) for drawn in (positives, negatives, kept)]
        near, far = (tagger.agreement(embeddings, drawn) for drawn in pairs[:2])
        if self.joint_rate:
            move_tag_vectors(table, embeddings, *pairs, self.joint_rate, tagger.rows)
        return self.loss(near, far, pairs[2])
