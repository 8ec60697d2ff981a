"""Train skip-gram vectors with torch: the trainer for small corpora and for GPUs."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from phototags.tag_vectors.skipgram import SkipGram, Table, drop_frequent
from phototags.tags.encoding import TagSets


class TorchTrainer:
    """Epochs of large steps; the same bytes for the same seed on one processor thread."""

    def __init__(self, table: Table, sets: TagSets, settings: SkipGram, generator: torch.Generator):
        self.table, self.sets, self.settings, self.generator = table, sets, settings, generator
        counts = sets.count(len(table.input_vectors))
        self.keep_probability = settings.keep_probability(counts)
        self.sample_negatives = make_negative_sampler(
            counts, settings.power, settings.shared_negatives or 64, generator
        )

    def train_epoch(self, epoch: int) -> float:
        """Train on every photo once; return the mean loss of a pair in nats."""
        device, total = self.table.input_vectors.device, 0.0
        sets = drop_frequent(self.sets, self.keep_probability, self.generator)
        blocks = {
            size: torch.from_numpy(block).long().to(device)
            for size, block in sets.group_by_size().items()
        }
        steps = list(shuffle_steps(blocks, self.settings.batch_size or 512, self.generator))
        for number, (size, photos) in enumerate(steps):
            learning_rate = self.settings.lr_at(epoch + number / len(steps))
            tags, negatives = blocks[size][photos.to(device)], self.sample_negatives().to(device)
            total = total + train_step(
                self.table, tags, negatives, self.settings.negatives, learning_rate
            )
        return float(total) / max(sets.n_pairs, 1)


def shuffle_steps(
    blocks: dict[int, Tensor], batch_size: int, generator: torch.Generator
) -> Iterator[tuple[int, Tensor]]:
    """Yield the steps of one epoch in random order: (L, indices of photos with L tags)."""
    steps = [
        (size, photos)
        for size, block in blocks.items()
        for photos in torch.randperm(len(block), generator=generator).split(
            max(1, batch_size // size)
        )
    ]
    for number in torch.randperm(len(steps), generator=generator).tolist():
        yield steps[number]


def make_negative_sampler(
    counts: np.ndarray, power: float, size: int, generator: torch.Generator
) -> Callable[[], Tensor]:
    """Make a function that draws `size` tags in proportion to count ** power."""
    cumulated = torch.from_numpy(np.cumsum(counts.astype(np.float64) ** power))

    def sample() -> Tensor:
        draws = torch.rand(size, generator=generator, dtype=torch.float64)
        found = torch.searchsorted(cumulated, draws * cumulated[-1], right=True)
        return found.clamp_(max=len(counts) - 1)

    return sample


def train_step(
    table: Table, tags: Tensor, negatives: Tensor, negatives_per_pair: int, learning_rate: float
) -> Tensor:
    """Train on B photos of L tags; return the summed loss of their B L (L - 1) pairs.

    The gradient is derived by hand: with p = sigmoid(w . c) for an input vector w and an output
    vector c, dw = (p - 1) c for a positive and p c for a negative, and likewise for c.

    Args:
        tags: (B, L) int64.
        negatives: (K,) int64; each counts as `negatives_per_pair` / K of a pair's negatives.
    """
    photos, size = tags.shape
    flat, weight = tags.reshape(-1), (size - 1) * negatives_per_pair / len(negatives)
    inputs, outputs = table.input_vectors[flat], table.output_vectors[flat]
    noise = table.output_vectors[negatives]
    own, others = inputs.view(photos, size, -1), outputs.view(photos, size, -1)
    positive_scores, negative_scores = own @ others.transpose(1, 2), inputs @ noise.T
    itself = torch.eye(size, dtype=torch.bool, device=tags.device)
    loss = softplus(-positive_scores).masked_fill_(itself, 0).sum()
    loss = loss + weight * softplus(negative_scores).sum()
    pull = (positive_scores.sigmoid() - 1).masked_fill_(itself, 0)
    push = negative_scores.sigmoid() * weight
    to_inputs = (pull @ others).view(len(flat), -1) + push @ noise
    to_outputs = (pull.transpose(1, 2) @ own).reshape(len(flat), -1)
    adagrad_step(table.input_vectors, table.input_sums, flat, to_inputs, size - 1, learning_rate)
    both = torch.cat([flat, negatives]), torch.cat([to_outputs, push.T @ inputs])
    adagrad_step(table.output_vectors, table.output_sums, *both, size - 1, learning_rate)
    return loss.double()


def adagrad_step(
    rows: Tensor, sums: Tensor, tags: Tensor, gradient: Tensor, pairs: int, learning_rate: float
) -> None:
    """Update rows in place by Adagrad with one accumulator a row.

    A gradient is a sum over `pairs` pairs; it counts as their mean length times their square
    root, so that tags of large and of small photos move at the same rate.
    """
    sums.index_add_(0, tags, gradient.square().mean(1) / pairs)
    factor = learning_rate / (sums[tags] * pairs).sqrt()
    rows.index_add_(0, tags, gradient * -factor[:, None])
