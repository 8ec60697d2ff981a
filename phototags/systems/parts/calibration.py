"""From any tagger's scores to chances that a photo has a tag, learned on photos it has not seen."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus

PAIRS = 1 << 20  # of photo and tag at a time: their facts are 50 MB
FACTS = 6
STEPS = 50  # of Newton's method, at most; about ten are needed


class Chances(NamedTuple):
    """A logistic regression over all pairs of photo and tag, one for all tags together.

    A rare tag has too few photos for a regression of its own. So the pairs share one, which is
    told how far a score lies from the tag's other scores, and how common the tag is.

    Args:
        rates: (T,) float, share of training photos that have the tag, in (0, 1).
        means: (T,) float, mean of the tag's scores. spreads: (T,) their standard deviation, > 0.
        weights: (6,) float64, of the facts.
    """

    rates: Tensor
    means: Tensor
    spreads: Tensor
    weights: Tensor

    def facts(self, scores: Tensor) -> Tensor:
        """(B, T) to (B, T, 6) float64.

        Of a pair: one, the tag's log-odds, the score in spreads from the mean (asinh: outliers
        count by their logarithm), its square, its product with the log-odds, the score itself.
        """
        scores = scores.double()
        odds = self.rates.double().logit().expand_as(scores)
        away = ((scores - self.means) / self.spreads).asinh()
        return torch.stack([torch.ones_like(odds), odds, away, away**2, away * odds, scores], -1)

    def of(self, scores: Tensor) -> Tensor:
        """(B, T) scores to (B, T) float32 chances in [0, 1]."""
        parts = [(self.facts(part) @ self.weights).sigmoid().float() for part in chunks(scores)]
        return torch.cat(parts)


def learn_chances(scores: Tensor, relevant: Tensor) -> Chances:
    """The regression that makes the pairs' tags likeliest, by Newton's method.

    Args:
        scores: (N, T) float, each photo's from a tagger that did not learn from it.
        relevant: (N, T) bool, True where the photo has the tag.
    """
    photos, spread = len(scores), scores.std(0, correction=0)
    chances = Chances(
        (relevant.sum(0) + 0.3) / (photos + 0.6),
        scores.mean(0),
        spread + 1e-3 * spread.mean() + 1e-6,
        torch.tensor([0, 1, 0, 0, 0, 0], dtype=torch.float64),  # the tag's rate, whatever the photo
    )
    size, (loss, step) = 1.0, bent(chances, scores, relevant)
    for _ in range(STEPS):
        better = chances._replace(weights=chances.weights - size * step)
        new, next_step = bent(better, scores, relevant)
        if new > loss:
            size /= 2
            continue
        done = loss - new < 1e-9 * loss
        chances, loss, step, size = better, new, next_step, 1.0
        if done:
            break
    return chances


def bent(chances: Chances, scores: Tensor, relevant: Tensor) -> tuple[float, Tensor]:
    """The loss in nats summed over pairs, with a trace of weight decay, and Newton's step (6,)."""
    decay = 1e-3 * torch.eye(FACTS, dtype=torch.float64)
    loss = 0.5 * chances.weights @ decay @ chances.weights
    slope, bend = decay @ chances.weights, decay.clone()
    for part, truth in zip(chunks(scores), chunks(relevant), strict=True):
        facts, truth = chances.facts(part).flatten(0, 1), truth.flatten().double()
        logits = facts @ chances.weights
        chance = logits.sigmoid()
        loss += (softplus(logits) - truth * logits).sum()
        slope += facts.T @ (chance - truth)
        bend += facts.T @ (facts * (chance * (1 - chance))[:, None])
    return float(loss), torch.linalg.solve(bend, slope)


def chunks(table: Tensor) -> Iterator[Tensor]:
    """Rows of (N, T), so many at a time that their facts fit in little memory."""
    return iter(table.split(max(1, PAIRS // max(1, table.shape[1]))))
