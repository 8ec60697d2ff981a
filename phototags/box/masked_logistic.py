"""Logistic regressions over one vocabulary on several corpora, each of which knows some words."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy


class KnownWords(NamedTuple):
    """Photos of one corpus, and which of the words that it knows they have.

    Args:
        inputs: (N, n) float. words: (W,) int64, ids of the words that the corpus knows, each once.
        targets: (N, W) float, 1 where the photo has the word.
    """

    inputs: Tensor
    words: Tensor
    targets: Tensor

    def select(self, photos: Tensor) -> "KnownWords":
        """Select photos by position or by a (N,) bool mask."""
        return KnownWords(self.inputs[photos], self.words, self.targets[photos])

    def select_words(self, kept: Tensor) -> "KnownWords":
        """Renumber the words to those kept, (K,) ascending ids."""
        places = torch.searchsorted(kept, self.words).clamp(max=max(len(kept) - 1, 0))
        among = kept[places] == self.words
        return KnownWords(self.inputs, places[among], self.targets[:, among])


def masked_loss(parts: Sequence[KnownWords], l2: float, vectors: Tensor, bias: Tensor) -> Tensor:
    """() float, cross-entropy in nats summed over the pairs of photo and word that are known.

    A photo says nothing about a word that its corpus does not know. Plus l2 / 2 |vectors|^2.

    Args:
        vectors: (T, n) of all words. bias: (T,).
    """
    loss = l2 / 2 * vectors.square().sum()
    for part in parts:
        logits = torch.addmm(bias[part.words], part.inputs, vectors[part.words].T)
        loss = loss + cross_entropy(logits, part.targets, reduction="sum")
    return loss


def fit_masked(
    parts: Sequence[KnownWords],
    l2: float,
    start: tuple[Tensor, Tensor],
    max_iterations: int = 100,
) -> tuple[Tensor, Tensor]:
    """Vectors (T, n) and bias (T,) of the least `masked_loss`, by L-BFGS.

    A word's regression is that of all photos of the corpora that know it together.

    Args:
        start: vectors and bias to start from.
        max_iterations: after 100 the loss falls by less than 1e-4 of itself.
    """
    tables = [table.clone().requires_grad_() for table in start]
    optimiser = torch.optim.LBFGS(
        tables,
        max_iter=max_iterations,
        history_size=20,
        tolerance_grad=0,
        tolerance_change=1e-7,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = masked_loss(parts, l2, *tables)
        loss.backward()
        return loss

    optimiser.step(closure)
    return tables[0].detach(), tables[1].detach()
