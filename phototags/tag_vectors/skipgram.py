"""Settings, vectors and subsampling of skip-gram, shared by its trainers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from phototags.tags.encoding import TagSets


@dataclass(frozen=True)
class SkipGram:
    """Settings of skip-gram training.

    Args:
        epochs: passes over the photos; 0 keeps the initial vectors.
        negatives: negative tags a pair, in expectation.
        power: negatives are drawn in proportion to count ** power (word2vec: 0.75).
        learning_rate: Adagrad's step, one accumulator a row.
        final_lr_fraction: fraction of the learning rate left at the end, reached linearly.
        subsample_threshold: word2vec's `sample`, the share of all tags above which a frequent tag
            is left out at random (there 1e-3); 0 leaves out none.
        batch_size: tags a step, about; small corpora need small steps to make many. None: 512 for
            `torch`, 64 for `numba`.
        shared_negatives: negative tags drawn for a step and shared by its pairs, weighted so that
            each pair still meets `negatives` of them. None: 64 for `torch`, 32 for `numba`.
        engine: `torch` (any device), `numba` (CPU only, some eight times as fast), or `auto`, the
            one that finishes first.
        workers: threads that train at once without locks (Hogwild, Niu et al., NIPS 2011);
            `numba` only. Above 1, two runs differ.
    """

    epochs: int = 20
    negatives: int = 5
    power: float = 0.75
    learning_rate: float = 0.05
    final_lr_fraction: float = 1.0
    subsample_threshold: float = 0.0
    batch_size: int | None = None
    shared_negatives: int | None = None
    engine: Literal["auto", "torch", "numba"] = "auto"
    workers: int = 1

    def lr_at(self, epoch: float) -> float:
        """The learning rate after this many epochs, fractions included."""
        return self.learning_rate * (1 - (1 - self.final_lr_fraction) * epoch / max(self.epochs, 1))

    def keep_probability(self, counts: np.ndarray) -> np.ndarray:
        """(T,) float32: how likely each tag is kept in a photo, in an epoch."""
        if not self.subsample_threshold:
            return np.ones(len(counts), np.float32)
        excess = counts / max(counts.sum(), 1) / self.subsample_threshold
        with np.errstate(divide="ignore"):
            return np.minimum(np.sqrt(1 / excess) + 1 / excess, 1).astype(np.float32)


def drop_frequent(
    sets: TagSets, keep_probability: np.ndarray, generator: torch.Generator
) -> TagSets:
    """Drop some of the photos' frequent tags at random; draws nothing where all are kept."""
    if keep_probability.min(initial=1) == 1:
        return sets
    draws = torch.rand(len(sets.ids), generator=generator).numpy()
    return sets.remove(draws >= keep_probability[sets.ids])


class Table(NamedTuple):
    """Vectors that skip-gram trains, changed in place.

    Args:
        input_vectors, output_vectors: (T, D) float32; the tags' own vectors, and what is expected
            beside them (word2vec's context vectors).
        input_sums, output_sums: (T,) float32, Adagrad's sums of squared gradients; infinity
            freezes a row.
    """

    input_vectors: Tensor
    output_vectors: Tensor
    input_sums: Tensor
    output_sums: Tensor


def open_table(initial: Tensor, frozen: Tensor | None = None, folder: Path | None = None) -> Table:
    """Make a table of initial input vectors and zero output vectors, on the same device.

    Args:
        initial: (T, D) float32, copied.
        frozen: (T,) bool, input vectors that never change.
        folder: for vocabularies larger than memory; its files `input_vectors.f32` and
            `output_vectors.f32` are overwritten.
    """
    sums = initial.new_full((2, len(initial)), 1e-6)
    if frozen is not None:
        sums[0, frozen] = torch.inf
    if folder is None:
        return Table(initial.clone(), torch.zeros_like(initial), *sums)
    vectors = [
        torch.from_numpy(np.memmap(folder / f"{name}.f32", np.float32, "w+", shape=initial.shape))
        for name in Table._fields[:2]
    ]
    vectors[0].copy_(initial)
    return Table(*vectors, *sums)
