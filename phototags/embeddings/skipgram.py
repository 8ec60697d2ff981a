"""Tags that stand on the same photos get near vectors: skip-gram over tag sets."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import softplus

from phototags.embeddings.sets import TagSets
from phototags.progress import progress

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SkipGram:
    """How tag vectors are learned.

    Args:
        epochs: passes over the photos; 0 keeps the start.
        negatives: negative tags a pair, in expectation.
        power: negatives are drawn in proportion to count ** power (word2vec: 0.75).
        learning_rate: Adagrad's step, one accumulator a row.
        batch: tags a step, about; small corpora need small steps to make many.
        shared: negative tags drawn for a step; all its pairs share them, weighted so that each
            pair still meets `negatives` of them.
    """

    epochs: int = 20
    negatives: int = 5
    power: float = 0.75
    learning_rate: float = 0.05
    batch: int = 512
    shared: int = 64


def train(
    sets: TagSets, start: Tensor, settings: SkipGram, generator: torch.Generator
) -> tuple[Tensor, pd.DataFrame]:
    """Skip-gram with negative sampling whose window is the whole photo.

    Mikolov et al., NIPS 2013, in a set-wise form: photos of L tags are a (B, L, D) block, their
    B L (L - 1) pairs one batched product, the negatives another. A negative may be a tag of the
    photo by chance, as in the analysis of Levy & Goldberg, NIPS 2014: at the optimum w_s . c_t
    is the pointwise mutual information of s and t minus log(negatives), for power 1. Only the
    tags' own vectors w are returned; the context vectors c start at zero and are dropped.

    Args:
        sets: the photos' tags, numbers below T; photos of one tag have no pair and are passed by.
        start: (T, D) float32, left as it is.

    Returns:
        (T, D) float32 vectors, and a frame (epoch, loss): nats a pair, a pair being one positive
        and `negatives` negatives. At zero context vectors it is (1 + negatives) ln 2.
    """
    table = Table(start.clone())
    draw = negative_sampler(sets.counts(len(start)), settings, generator)
    blocks = {size: torch.from_numpy(block).long() for size, block in sets.by_size().items()}
    losses = []
    for epoch in progress(range(1, settings.epochs + 1), "tag vectors"):
        total = 0.0
        for size, photos in shuffled(blocks, settings.batch, generator):
            total += step(table, blocks[size][photos], draw(), settings)
        losses.append({"epoch": epoch, "loss": total / max(sets.pairs, 1)})
        log.info("epoch %d: loss %.4f", epoch, losses[-1]["loss"])
    return table.words, pd.DataFrame(losses, columns=["epoch", "loss"])


class Table:
    """The vectors being learned and Adagrad's sum of squared gradients, one number a row."""

    def __init__(self, words: Tensor):
        self.words, self.contexts = words, torch.zeros_like(words)
        self.word_sums = words.new_full((len(words),), 1e-6)
        self.context_sums = words.new_full((len(words),), 1e-6)


def shuffled(blocks: dict[int, Tensor], batch: int, generator: torch.Generator):
    """Steps of one epoch in random order: (L, indices of photos with L tags)."""
    steps = [
        (size, photos)
        for size, block in blocks.items()
        for photos in torch.randperm(len(block), generator=generator).split(max(1, batch // size))
    ]
    for number in torch.randperm(len(steps), generator=generator).tolist():
        yield steps[number]


def negative_sampler(counts: np.ndarray, settings: SkipGram, generator: torch.Generator):
    """A function that draws `shared` tags in proportion to count ** power."""
    cumulated = torch.from_numpy(np.cumsum(counts.astype(np.float64) ** settings.power))

    def draw() -> Tensor:
        where = torch.rand(settings.shared, generator=generator, dtype=torch.float64)
        found = torch.searchsorted(cumulated, where * cumulated[-1], right=True)
        return found.clamp_(max=len(counts) - 1)

    return draw


def step(table: Table, tags: Tensor, negatives: Tensor, settings: SkipGram) -> float:
    """Learn from B photos of L tags; return the summed loss of their B L (L - 1) pairs.

    The gradient is written by hand: with p = sigmoid(w . c), dw = (p - 1) c for a positive and
    p c for a negative, and likewise for c.

    Args:
        tags: (B, L) int64.
        negatives: (K,) int64.
    """
    photos, size = tags.shape
    flat, weight = tags.reshape(-1), (size - 1) * settings.negatives / len(negatives)
    words, contexts = table.words[flat], table.contexts[flat]
    noise = table.contexts[negatives]
    sets, others = words.view(photos, size, -1), contexts.view(photos, size, -1)
    near, far = sets @ others.transpose(1, 2), words @ noise.T
    itself = torch.eye(size, dtype=torch.bool)
    loss = softplus(-near).masked_fill_(itself, 0).sum() + weight * softplus(far).sum()
    pull, push = (near.sigmoid() - 1).masked_fill_(itself, 0), far.sigmoid() * weight
    to_words = (pull @ others).view(len(flat), -1) + push @ noise
    to_contexts = (pull.transpose(1, 2) @ sets).reshape(len(flat), -1)
    descend(table.words, table.word_sums, flat, to_words, size - 1, settings)
    both = torch.cat([flat, negatives]), torch.cat([to_contexts, push.T @ words])
    descend(table.contexts, table.context_sums, *both, size - 1, settings)
    return loss.item()


def descend(
    rows: Tensor, sums: Tensor, which: Tensor, gradient: Tensor, pairs: int, settings: SkipGram
) -> None:
    """Adagrad with one accumulator a row, in place.

    A gradient here is a sum over `pairs` pairs; it counts as their mean length times their
    square root, so that tags of large and of small photos move at the same pace.
    """
    sums.index_add_(0, which, gradient.square().mean(1) / pairs)
    pace = settings.learning_rate / (sums[which] * pairs).sqrt()
    rows.index_add_(0, which, gradient * -pace[:, None])
