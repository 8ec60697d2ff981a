"""Fit skip-gram vectors to tag sets: tags of the same photos get similar vectors."""

import logging
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from phototags.io.progress import show_progress
from phototags.tag_vectors.skipgram import SkipGram, Table, open_table
from phototags.tag_vectors.torch_trainer import TorchTrainer
from phototags.tags.encoding import TagSets

log = logging.getLogger(__name__)

MIN_PAIRS_TO_COMPILE = 50_000_000  # compiling takes about ten seconds, once a process


def fit_skipgram(
    sets: TagSets,
    initial: Tensor,
    settings: SkipGram,
    generator: torch.Generator,
    frozen: Tensor | None = None,
    folder: Path | None = None,
) -> tuple[Table, pd.DataFrame]:
    """Fit skip-gram with negative sampling whose window is the whole photo.

    Mikolov et al., NIPS 2013, in a set-wise form: photos of L tags are a (B, L, D) block, their
    B L (L - 1) pairs one batched product, the negatives another. A negative may be a tag of the
    photo by chance, as in the analysis of Levy & Goldberg, NIPS 2014: at the optimum the product
    of the input vector of s and the output vector of t is the pointwise mutual information of s
    and t minus log(negatives), for power 1.

    Args:
        sets: the photos' tags, integers below T; photos of one tag have no pair and are skipped.
        initial: (T, D) float32 input vectors, not changed.
        frozen: (T,) bool, tags whose input vectors do not change.
        folder: where to keep the vectors on disk, memory-mapped, instead of in memory.

    Returns:
        a table of (T, D) float32 input and output vectors, and a frame (epoch, loss): nats a
        pair, a pair being one positive and `negatives` negatives. At zero output vectors it is
        (1 + negatives) ln 2.
    """
    table = open_table(initial, frozen, folder)
    trainer = _choose_trainer(sets, initial, settings)(table, sets, settings, generator)
    losses = []
    for epoch in show_progress(range(settings.epochs), "tag vectors"):
        losses.append({"epoch": epoch + 1, "loss": trainer.train_epoch(epoch)})
        log.info("epoch %d: loss %.4f", epoch + 1, losses[-1]["loss"])
    return table, pd.DataFrame(losses, columns=["epoch", "loss"])


def _choose_trainer(sets: TagSets, initial: Tensor, settings: SkipGram):
    large = initial.device.type == "cpu" and sets.n_pairs * settings.epochs >= MIN_PAIRS_TO_COMPILE
    if settings.engine == "numba" or (settings.engine == "auto" and large):
        from phototags.tag_vectors.numba_trainer import NumbaTrainer  # numba imports for a second

        return NumbaTrainer
    return TorchTrainer
