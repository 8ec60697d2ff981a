"""The vectors while they are learned, in memory, on disk or on a GPU."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Table(NamedTuple):
    """What skip-gram learns, changed in place.

    Args:
        words, contexts: (T, D) float32.
        word_sums, context_sums: (T,) float32, Adagrad's sums of squared gradients; infinity
            keeps the row as it is.
    """

    words: Tensor
    contexts: Tensor
    word_sums: Tensor
    context_sums: Tensor


def open_table(start: Tensor, frozen: Tensor | None = None, folder: Path | None = None) -> Table:
    """Words at their start and contexts at zero, on the device of `start`.

    Args:
        start: (T, D) float32, copied.
        frozen: (T,) bool, words that never move.
        folder: for vocabularies larger than memory; its files `words.f32` and `contexts.f32`
            are written anew.
    """
    sums = start.new_full((2, len(start)), 1e-6)
    if frozen is not None:
        sums[0, frozen] = torch.inf
    if folder is None:
        return Table(start.clone(), torch.zeros_like(start), *sums)
    words, contexts = (_mapped(folder / f"{name}.f32", start) for name in ("words", "contexts"))
    words.copy_(start)
    return Table(words, contexts, *sums)


def _mapped(path: Path, like: Tensor) -> Tensor:
    """A tensor of zeros whose memory is a file."""
    return torch.from_numpy(np.memmap(path, np.float32, "w+", shape=tuple(like.shape)))
