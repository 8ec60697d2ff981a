"""The gain in expected F1 (of mean precision and mean recall over tags) from giving a tag.

Papers on Corel-5K give every photo five tags and average precision and recall over tags, so a
tag of one test photo counts as much as one of a hundred. The likeliest tags are then not the
best: the gain from a tag depends on how often the tag is given and how often it is right. Cf.
Jansche (ACL 2007) and Dembczynski et al. (NIPS 2011) on maximising an expected F1.
"""

from typing import NamedTuple

import torch
from torch import Tensor

ROUNDS = 30
MOMENTUM = 0.7  # share of the last round's gains: without it, common and rare tags alternate


class Gains(NamedTuple):
    """The gain in F1 from giving a tag: worth * probability - cost.

    Args:
        worth: (T,) float, where the photo has the tag.
        cost: (T,) float, of giving the tag to one more photo.
    """

    worth: Tensor
    cost: Tensor

    def scores(self, probabilities: Tensor) -> Tensor:
        """(B, T) probabilities to (B, T) gains; a photo's best tags have the largest."""
        return probabilities * self.worth - self.cost


def expected_share(others: Tensor) -> Tensor:
    """Expected value of 1 / (1 + N), where N is Poisson distributed.

    Args:
        others: mean of N, any shape, 0 or more.

    >>> expected_share(torch.tensor([0.0, 1.0])).tolist()
    [1.0, 0.6321205496788025]
    """
    share = -torch.expm1(-others) / others
    return share.where(others > 0, 1.0)


def fit_gains(
    probabilities: Tensor,
    counts: Tensor,
    *,
    top_k: int | None,
    f1_photos: int,
    precision_weight: float,
) -> Gains:
    """Fit the gains to a fixed point: giving each photo its best tags leads to the same gains.

    With m photos expected to get a tag, a share q of them rightly, one more photo with chance p
    moves the tag's precision by p E[1/(1+N)] - q (E[1/(1+N)] - P(N=0)), N Poisson's of mean m,
    and the tag's recall by p E[1/(1+M)], M the other photos that have it. F1's slopes in mean
    precision P and mean recall R are as R R and P P. Only training photos are counted.

    Args:
        probabilities: (N, T) float, of training photos, from taggers that did not learn from them.
        counts: (T,) int64, training photos that have the tag.
        top_k: tags given to a photo; None: any number, each tag with a gain above 0.
        f1_photos: photos over which P and R are expected, with the training photos' tag rates.
        precision_weight: weight of a gain in precision against one in recall; 1 maximises F1.
    """
    share = f1_photos / len(probabilities)
    recalled = expected_share(counts.double() * share)
    gains = Gains(recalled / recalled.mean(), torch.zeros_like(recalled))
    for _ in range(ROUNDS):
        given, right = count_given(probabilities, gains, top_k)
        precision, others = right / given.clamp_min(1), given * share
        none = (-others).exp()
        mean_precision = (precision * (1 - none)).mean()
        mean_recall = (right / counts.clamp_min(1)).mean()
        slopes = mean_precision**2, precision_weight * mean_recall**2
        worth = slopes[0] * recalled + slopes[1] * expected_share(others)
        cost = slopes[1] * precision * (expected_share(others) - none)
        size = worth.mean().clamp_min(1e-12)
        gains = Gains(
            MOMENTUM * gains.worth + (1 - MOMENTUM) * worth / size,
            MOMENTUM * gains.cost + (1 - MOMENTUM) * cost / size,
        )
    return Gains(gains.worth.float(), gains.cost.float())


def count_given(probabilities: Tensor, gains: Gains, top_k: int | None) -> tuple[Tensor, Tensor]:
    """(T,) float64 each: photos that are given the tag, and those of them expected to have it."""
    n_tags, scores = probabilities.shape[1], gains.scores(probabilities)
    if top_k is None:
        given = scores > 0
        return given.sum(0).double(), (given * probabilities).sum(0, dtype=torch.float64)
    best = scores.topk(min(top_k, n_tags), dim=1).indices
    given = torch.bincount(best.flatten(), minlength=n_tags).double()
    right = torch.zeros_like(given)
    right.index_add_(0, best.flatten(), probabilities.gather(1, best).flatten().double())
    return given, right
