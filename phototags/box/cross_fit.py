"""Scores of photos by taggers that did not learn from them, for choices and calibration."""

import logging
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from phototags.box.masked_logistic import KnownWords, fit_masked

log = logging.getLogger(__name__)


def start_tables(parts: Sequence[KnownWords], n_words: int) -> tuple[Tensor, Tensor]:
    """Vectors (T, n) of zero, and biases (T,) at the log-odds of each word's rate."""
    have, photos = torch.zeros(n_words), torch.zeros(n_words)
    for part in parts:
        have[part.words] += part.targets.sum(0)
        photos[part.words] += len(part.inputs)
    return torch.zeros(n_words, parts[0].inputs.shape[1]), ((have + 0.5) / (photos + 1)).logit()


def cross_fit(
    parts: Sequence[KnownWords], n_words: int, penalties: Sequence[float], folds: int
) -> tuple[float, list[Tensor]]:
    """Fit on all folds but one, score the one left out; with each penalty, to keep the best.

    Returns:
        the penalty of the least cross-entropy, and for each part the (N, W) scores under it of
        the words that it knows.
    """
    order = sorted(penalties, reverse=True)  # each starts from the stronger one's optimum
    scores = {l2: [torch.zeros_like(part.targets) for part in parts] for l2 in order}
    for fold in range(folds):
        out = [torch.arange(len(part.inputs)) % folds == fold for part in parts]
        rest = [part.select(~mask) for part, mask in zip(parts, out, strict=True)]
        tables = start_tables(rest, n_words)
        for l2 in order:
            tables = fit_masked(rest, l2, tables)
            for place, (part, mask) in enumerate(zip(parts, out, strict=True)):
                scores[l2][place][mask] = score_words(part.select(mask), tables)
    losses = {l2: measure_loss(parts, found) for l2, found in scores.items()}
    for l2, loss in losses.items():
        log.info("L2 %g: cross-entropy on photos left out %.4f a photo", l2, loss)
    best = min(losses, key=losses.__getitem__)
    return best, scores[best]


def score_words(part: KnownWords, tables: tuple[Tensor, Tensor]) -> Tensor:
    """(N, W) scores of the words that a part knows."""
    vectors, bias = tables
    return part.inputs @ vectors[part.words].T + bias[part.words]


def measure_loss(parts: Sequence[KnownWords], scores: Sequence[Tensor]) -> float:
    """Cross-entropy in nats a photo, over the words that its corpus knows."""
    pairs = zip(scores, parts, strict=True)
    total = sum(cross_entropy(one, part.targets, reduction="sum") for one, part in pairs)
    return float(total) / sum(len(part.inputs) for part in parts)


def measure_auc(
    parts: Sequence[KnownWords], scores: Sequence[Tensor], n_words: int, folds: int
) -> NDArray[np.float64]:
    """(T,) area under the ROC curve of each word on photos left out; ties count half.

    Measured within each fold, for heads of different folds differ in their bias, and averaged by
    the fold's photos that have the word.

    Args:
        scores: (N, W) of each part, of `cross_fit`.

    Returns:
        in [0, 1]; nan for a word that no fold has both on a photo and not.
    """
    areas, photos = np.zeros((2, n_words))
    for part, found in zip(parts, scores, strict=True):
        for fold in range(folds):
            has = part.targets[fold::folds].numpy() > 0
            positive, negative = has.sum(0), (~has).sum(0)
            ranks = rankdata(found[fold::folds].numpy(), axis=0)
            above = (ranks * has).sum(0) - positive * (positive + 1) / 2
            words, both = part.words.numpy(), (positive > 0) & (negative > 0)
            areas[words[both]] += above[both] / negative[both]
            photos[words[both]] += positive[both]
    return np.divide(areas, photos, out=np.full(n_words, np.nan), where=photos > 0)
