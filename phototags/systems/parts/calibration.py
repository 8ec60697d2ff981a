"""Calibration of any tagger's scores to probabilities, fitted on photos it did not learn from."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus

MAX_PAIRS = 1 << 20  # of photo and tag at a time: their inputs are 50 MB
N_INPUTS = 6
MAX_STEPS = 50  # of Newton's method; about ten are needed


class Calibration(NamedTuple):
    """A logistic regression over all pairs of photo and tag, one for all tags together.

    A rare tag has too few photos for a regression of its own. So the pairs share one, whose
    inputs are how far a score lies from the tag's other scores, and how common the tag is.

    Args:
        rates: (T,) float, share of training photos that have the tag, in (0, 1).
        means: (T,) float, mean of the tag's scores. spreads: (T,) their standard deviation, > 0.
        weights: (6,) float64, of the inputs.
    """

    rates: Tensor
    means: Tensor
    spreads: Tensor
    weights: Tensor

    def inputs(self, scores: Tensor) -> Tensor:
        """Inputs of the regression, (B, T) to (B, T, 6) float64.

        Of a pair: one, the tag's log-odds, the score in standard deviations from the mean (asinh:
        outliers count by their logarithm), its square, its product with the log-odds, the score.
        """
        scores = scores.double()
        odds = self.rates.double().logit().expand_as(scores)
        away = ((scores - self.means) / self.spreads).asinh()
        return torch.stack([torch.ones_like(odds), odds, away, away**2, away * odds, scores], -1)

    def probabilities(self, scores: Tensor) -> Tensor:
        """(B, T) scores to (B, T) float32 in [0, 1]."""
        parts = [(self.inputs(part) @ self.weights).sigmoid() for part in split_rows(scores)]
        return torch.cat([part.float() for part in parts])


def fit_calibration(scores: Tensor, relevant: Tensor) -> Calibration:
    """Fit the regression by maximum likelihood with Newton's method.

    Args:
        scores: (N, T) float, each photo's from a tagger that did not learn from it.
        relevant: (N, T) bool, True where the photo has the tag.
    """
    photos, spread = len(scores), scores.std(0, correction=0)
    fitted = Calibration(
        (relevant.sum(0) + 0.3) / (photos + 0.6),
        scores.mean(0),
        spread + 1e-3 * spread.mean() + 1e-6,
        torch.tensor([0, 1, 0, 0, 0, 0], dtype=torch.float64),  # the tag's rate, for every photo
    )
    size, (loss, step) = 1.0, newton_step(fitted, scores, relevant)
    for _ in range(MAX_STEPS):
        better = fitted._replace(weights=fitted.weights - size * step)
        new_loss, new_step = newton_step(better, scores, relevant)
        if new_loss > loss:
            size /= 2
            continue
        converged = loss - new_loss < 1e-9 * loss
        fitted, loss, step, size = better, new_loss, new_step, 1.0
        if converged:
            break
    return fitted


def newton_step(calibration: Calibration, scores: Tensor, relevant: Tensor) -> tuple[float, Tensor]:
    """The loss in nats summed over pairs, with a little weight decay, and Newton's step (6,)."""
    weights, decay = calibration.weights, 1e-3 * torch.eye(N_INPUTS, dtype=torch.float64)
    loss = 0.5 * weights @ decay @ weights
    gradient, hessian = decay @ weights, decay.clone()
    for part, truth in zip(split_rows(scores), split_rows(relevant), strict=True):
        inputs, truth = calibration.inputs(part).flatten(0, 1), truth.flatten().double()
        logits = inputs @ weights
        probability = logits.sigmoid()
        loss += (softplus(logits) - truth * logits).sum()
        gradient += inputs.T @ (probability - truth)
        hessian += inputs.T @ (inputs * (probability * (1 - probability))[:, None])
    return float(loss), torch.linalg.solve(hessian, gradient)


def split_rows(table: Tensor) -> Iterator[Tensor]:
    """Split (N, T) into blocks of rows whose inputs fit in little memory."""
    return iter(table.split(max(1, MAX_PAIRS // max(1, table.shape[1]))))
