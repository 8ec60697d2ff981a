"""Training objectives: from a tagger, a batch and a generator to the loss of one step."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.losses import target_error
from phototags.systems.parts.negatives import NegativeSampler
from phototags.systems.parts.ranking_losses import warp_loss
from phototags.systems.parts.tag_optimisers import TagOptimiser, step_on_pairs
from phototags.systems.parts.tag_sampling import Exclusion, sample_positives
from phototags.systems.parts.tag_table import update_tag_vectors
from phototags.systems.parts.tagged_photos import Batch
from phototags.systems.parts.targets import sum_tag_vectors
from phototags.tags.padding import multi_hot

Objective = Callable[[EmbeddingTagger, Batch, torch.Generator], Tensor]


@dataclass(frozen=True, eq=False)
class DenseObjective:
    """A loss over the scores of all tags of the vocabulary.

    Args:
        loss: (B, T) scores and (B, T) bool tags to () float.
    """

    loss: Callable[[Tensor, Tensor], Tensor]

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        scores = tagger(batch.features)
        return self.loss(scores, multi_hot(batch.tags, scores.shape[1]).to(scores.device))


@dataclass(frozen=True, eq=False)
class RegressionObjective:
    """The squared distance of the embedding to the sum of its tags' targets.

    Args:
        targets: (T, D) float, the target of each tag.
    """

    targets: Tensor

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        targets = sum_tag_vectors(multi_hot(batch.tags, len(self.targets)), self.targets)
        embeddings = tagger.embed(batch.features)
        return target_error(embeddings, targets.to(embeddings.device))


@dataclass(frozen=True, eq=False)
class WarpObjective:
    """WARP: one tag of each photo against the first sampled tag that violates the margin.

    Args:
        margin: by which the tag should score above the others.
        max_trials: tags sampled for a photo.
        share_trials: all photos of a batch are compared with the same trials, in the same order.
            Each photo's are as likely as its own would be, and the other tags need no scores.
    """

    margin: float
    max_trials: int
    share_trials: bool = False

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        embeddings, table, bias = tagger.embed(batch.features), tagger.tag_vectors, tagger.bias
        positives = sample_positives(batch.positive_tags, 1, generator)[:, 0]
        n_tags, device = len(bias), embeddings.device
        rows = 1 if self.share_trials else len(embeddings)
        trials = torch.randint(0, n_tags, (rows, self.max_trials), generator=generator)
        absent = ~multi_hot(batch.tags, n_tags)
        valid = absent[:, trials[0]] if self.share_trials else absent.gather(1, trials)
        positives, trials, valid = positives.to(device), trials.to(device), valid.to(device)
        if self.share_trials:
            positive_scores = (embeddings * table[positives]).sum(1) + bias[positives]
            trial_scores = embeddings @ table[trials[0]].T + bias[trials[0]]
        else:
            scores = embeddings @ table.T + bias
            positive_scores = scores.gather(1, positives[:, None])[:, 0]
            trial_scores = scores.gather(1, trials)
        return warp_loss(positive_scores, trial_scores, valid, tags=n_tags, margin=self.margin)


@dataclass(frozen=True, eq=False)
class SampledObjective:
    """A loss over a few of the photo's tags and a few negatives.

    Args:
        loss: (B, P) and (B, K) scores, and (B, K) bool of the valid negatives, to () float.
        positives: tags sampled from a photo. negatives: samples what stands against them.
        joint_learning_rate: of the tag vectors; 0 leaves them as they are.
        tag_optimiser: moves joint tag vectors against the loss' gradient; None moves them by
            plain SGD on the sum of the pairs' losses (`update_tag_vectors`).
    """

    loss: Callable[[Tensor, Tensor, Tensor], Tensor]
    positives: int
    negatives: NegativeSampler
    joint_learning_rate: float = 0.0
    tag_optimiser: TagOptimiser | None = None

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        """The loss; updates the tag vectors when they are trained jointly."""
        positives = sample_positives(batch.positive_tags, self.positives, generator)
        negatives, valid = self.negatives(batch, positives, generator)
        embeddings, table = tagger.embed(batch.features), tagger.tag_vectors.detach()
        pairs = [tags.to(table.device) for tags in (positives, negatives, valid)]
        scores = [tagger.pair_scores(embeddings, tags) for tags in pairs[:2]]
        loss = self.loss(*scores, pairs[2])
        if self.tag_optimiser:
            errors = torch.cat(torch.autograd.grad(loss, scores, retain_graph=True), 1)
            tags = torch.cat([positives, negatives], 1)
            counted = torch.cat([torch.ones_like(positives, dtype=torch.bool), valid], 1)
            step_on_pairs(self.tag_optimiser, table, embeddings, tags, errors, counted, tagger.rows)
        elif self.joint_learning_rate:
            update_tag_vectors(table, embeddings, *pairs, self.joint_learning_rate, tagger.rows)
        return loss


@dataclass(frozen=True, eq=False)
class ExpectedObjective:
    """The expectation of a sampled loss over every draw of positives and negatives.

    It has no sampling noise, and scores every tag for every photo.

    Args:
        loss: (B, T) scores, (B, T) probabilities of the positives and (B, T) of the negatives to
            () float.
        weights: (T,) float64, in proportion to which negatives are drawn.
        exclude: tags that are never negatives, those of the `photo` or of the `batch`.
        tag_optimiser: moves joint tag vectors; None leaves them as they are.
    """

    loss: Callable[[Tensor, Tensor, Tensor], Tensor]
    weights: Tensor
    exclude: Exclusion
    tag_optimiser: TagOptimiser | None = None

    def __call__(self, tagger: EmbeddingTagger, batch: Batch, generator: torch.Generator) -> Tensor:
        """The loss; updates the tag vectors when they are trained jointly."""
        embeddings, table = tagger.embed(batch.features), tagger.tag_vectors.detach()
        scores = embeddings @ table.clone().T  # the table moves before the backward pass
        present = multi_hot(batch.tags, len(table))
        absent = ~present.any(0, keepdim=True) if self.exclude == "batch" else ~present
        positives = multi_hot(batch.positive_tags, len(table))
        negatives = (self.weights * absent).expand(len(present), -1)
        chances = [normalize(one.to(scores), p=1) for one in (positives, negatives)]
        loss = self.loss(scores, *chances)
        if self.tag_optimiser:
            errors = torch.autograd.grad(loss, scores, retain_graph=True)[0]
            rows = torch.arange(len(table))
            self.tag_optimiser.step(table, rows, errors.T @ embeddings.detach())
        return loss
