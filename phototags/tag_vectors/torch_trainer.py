"""Skip-gram over tag sets by torch operations: the engine for small corpora and for GPUs."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from phototags.tag_vectors.vector_table import Table
from phototags.tags.encoding import TagSets


class Batched:
    """Epochs of large steps; the same bytes for the same seed on one processor thread."""

    def __init__(self, table: Table, sets: TagSets, settings, generator: torch.Generator):
        self.table, self.sets, self.settings, self.generator = table, sets, settings, generator
        counts = sets.count(len(table.words))
        self.keep = settings.keep(counts)
        self.draw = negative_sampler(counts, settings.power, settings.shared or 64, generator)

    def epoch(self, passed: int) -> float:
        """Learn from every photo once; return the mean loss of a pair in nats."""
        device, total = self.table.words.device, 0.0
        sets = self.sets if self.keep.min(initial=1) == 1 else self.thinned()
        blocks = {
            size: torch.from_numpy(block).long().to(device)
            for size, block in sets.group_by_size().items()
        }
        steps = list(shuffled(blocks, self.settings.batch or 512, self.generator))
        for number, (size, photos) in enumerate(steps):
            pace = self.settings.pace(passed + number / len(steps))
            tags, negatives = blocks[size][photos.to(device)], self.draw().to(device)
            total = total + step(self.table, tags, negatives, self.settings.negatives, pace)
        return float(total) / max(sets.n_pairs, 1)

    def thinned(self) -> TagSets:
        """The photos without some of their frequent tags."""
        chances = torch.rand(len(self.sets.ids), generator=self.generator).numpy()
        return self.sets.remove(chances >= self.keep[self.sets.ids])


def shuffled(blocks: dict[int, Tensor], batch: int, generator: torch.Generator):
    """Steps of one epoch in random order: (L, indices of photos with L tags)."""
    steps = [
        (size, photos)
        for size, block in blocks.items()
        for photos in torch.randperm(len(block), generator=generator).split(max(1, batch // size))
    ]
    for number in torch.randperm(len(steps), generator=generator).tolist():
        yield steps[number]


def negative_sampler(counts: np.ndarray, power: float, shared: int, generator: torch.Generator):
    """A function that draws `shared` tags in proportion to count ** power."""
    cumulated = torch.from_numpy(np.cumsum(counts.astype(np.float64) ** power))

    def draw() -> Tensor:
        where = torch.rand(shared, generator=generator, dtype=torch.float64)
        found = torch.searchsorted(cumulated, where * cumulated[-1], right=True)
        return found.clamp_(max=len(counts) - 1)

    return draw


def step(table: Table, tags: Tensor, negatives: Tensor, wanted: int, pace: float) -> Tensor:
    """Learn from B photos of L tags; return the summed loss of their B L (L - 1) pairs.

    The gradient is written by hand: with p = sigmoid(w . c), dw = (p - 1) c for a positive and
    p c for a negative, and likewise for c.

    Args:
        tags: (B, L) int64.
        negatives: (K,) int64; each stands for `wanted` / K of a pair's negatives.
    """
    photos, size = tags.shape
    flat, weight = tags.reshape(-1), (size - 1) * wanted / len(negatives)
    words, contexts = table.words[flat], table.contexts[flat]
    noise = table.contexts[negatives]
    sets, others = words.view(photos, size, -1), contexts.view(photos, size, -1)
    near, far = sets @ others.transpose(1, 2), words @ noise.T
    itself = torch.eye(size, dtype=torch.bool, device=tags.device)
    loss = softplus(-near).masked_fill_(itself, 0).sum() + weight * softplus(far).sum()
    pull, push = (near.sigmoid() - 1).masked_fill_(itself, 0), far.sigmoid() * weight
    to_words = (pull @ others).view(len(flat), -1) + push @ noise
    to_contexts = (pull.transpose(1, 2) @ sets).reshape(len(flat), -1)
    descend(table.words, table.word_sums, flat, to_words, size - 1, pace)
    both = torch.cat([flat, negatives]), torch.cat([to_contexts, push.T @ words])
    descend(table.contexts, table.context_sums, *both, size - 1, pace)
    return loss.double()


def descend(
    rows: Tensor, sums: Tensor, which: Tensor, gradient: Tensor, pairs: int, pace: float
) -> None:
    """Adagrad with one accumulator a row, in place.

    A gradient here is a sum over `pairs` pairs; it counts as their mean length times their
    square root, so that tags of large and of small photos move at the same pace.
    """
    sums.index_add_(0, which, gradient.square().mean(1) / pairs)
    factor = pace / (sums[which] * pairs).sqrt()
    rows.index_add_(0, which, gradient * -factor[:, None])
