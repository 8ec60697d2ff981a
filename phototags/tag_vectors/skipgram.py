"""Tags that stand on the same photos get near vectors: skip-gram over tag sets."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from phototags.io.progress import show_progress
from phototags.tag_vectors.torch_trainer import Batched
from phototags.tag_vectors.vector_table import Table, open_table
from phototags.tags.encoding import TagSets

log = logging.getLogger(__name__)

WORTH_COMPILING = 50_000_000  # pairs; compiling takes about ten seconds, once a process


@dataclass(frozen=True)
class SkipGram:
    """How tag vectors are learned.

    Args:
        epochs: passes over the photos; 0 keeps the start.
        negatives: negative tags a pair, in expectation.
        power: negatives are drawn in proportion to count ** power (word2vec: 0.75).
        learning_rate: Adagrad's step, one accumulator a row.
        final: share of the step that is left at the end; it falls in a line.
        sample: word2vec's threshold above which frequent tags are left out at random (there 1e-3;
            a share of all tags); 0 leaves out none.
        batch: tags a step, about; small corpora need small steps to make many. None: 512 batched,
            64 compiled.
        shared: negative tags drawn for a step; all its pairs share them, weighted so that each
            pair still meets `negatives` of them. None: 64 batched, 32 compiled.
        engine: `batched` torch operations (any device), `compiled` code (processor only, some
            ten times as fast), or the one that is done first.
        workers: threads that learn at once without locks (Hogwild, Niu et al., NIPS 2011);
            compiled only. Above 1, two runs differ.
    """

    epochs: int = 20
    negatives: int = 5
    power: float = 0.75
    learning_rate: float = 0.05
    final: float = 1.0
    sample: float = 0.0
    batch: int | None = None
    shared: int | None = None
    engine: Literal["auto", "batched", "compiled"] = "auto"
    workers: int = 1

    def pace(self, passed: float) -> float:
        """Adagrad's step after this many epochs, fractions included."""
        return self.learning_rate * (1 - (1 - self.final) * passed / max(self.epochs, 1))

    def keep(self, counts: np.ndarray) -> np.ndarray:
        """(T,) float32: how likely each tag is kept in a photo, in an epoch."""
        if not self.sample:
            return np.ones(len(counts), np.float32)
        excess = counts / max(counts.sum(), 1) / self.sample
        with np.errstate(divide="ignore"):
            return np.minimum(np.sqrt(1 / excess) + 1 / excess, 1).astype(np.float32)


def train(
    sets: TagSets, start: Tensor, settings: SkipGram, generator: torch.Generator
) -> tuple[Tensor, pd.DataFrame]:
    """Skip-gram with negative sampling whose window is the whole photo.

    Mikolov et al., NIPS 2013, in a set-wise form: photos of L tags are a (B, L, D) block, their
    B L (L - 1) pairs one batched product, the negatives another. A negative may be a tag of the
    photo by chance, as in the analysis of Levy & Goldberg, NIPS 2014: at the optimum w_s . c_t
    is the pointwise mutual information of s and t minus log(negatives), for power 1. Only the
    tags' own vectors w are returned; `learn` gives the context vectors c as well.

    Args:
        sets: the photos' tags, numbers below T; photos of one tag have no pair and are passed by.
        start: (T, D) float32, left as it is.

    Returns:
        (T, D) float32 vectors, and a frame (epoch, loss): nats a pair, a pair being one positive
        and `negatives` negatives. At zero context vectors it is (1 + negatives) ln 2.
    """
    table, history = learn(sets, start, settings, generator)
    return table.words, history


def learn(
    sets: TagSets,
    start: Tensor,
    settings: SkipGram,
    generator: torch.Generator,
    frozen: Tensor | None = None,
    folder: Path | None = None,
) -> tuple[Table, pd.DataFrame]:
    """As `train`, but gives words and contexts.

    Args:
        frozen: (T,) bool, tags whose own vectors stay as they start.
        folder: where the table is kept on disk, memory-mapped, instead of in memory.
    """
    table = open_table(start, frozen, folder)
    lesson = _engine(sets, start, settings)(table, sets, settings, generator)
    losses = []
    for epoch in show_progress(range(settings.epochs), "tag vectors"):
        losses.append({"epoch": epoch + 1, "loss": lesson.epoch(epoch)})
        log.info("epoch %d: loss %.4f", epoch + 1, losses[-1]["loss"])
    return table, pd.DataFrame(losses, columns=["epoch", "loss"])


def _engine(sets: TagSets, start: Tensor, settings: SkipGram):
    large = start.device.type == "cpu" and sets.n_pairs * settings.epochs >= WORTH_COMPILING
    if settings.engine == "compiled" or (settings.engine == "auto" and large):
        from phototags.tag_vectors.simd.trainer import Compiled  # numba takes a second to import

        return Compiled
    return Batched
