"""Which tags to give a photo so that the F1 of mean precision and mean recall comes out best.

Papers on Corel-5K give every photo five tags and average precision and recall over tags, so a
tag of one test photo counts as much as one of a hundred. The likeliest tags are then not the
best: what giving a tag gains depends on how often the tag is given and had. Cf. Jansche (ACL
2007) and Dembczynski et al. (NIPS 2011) on maximising an expected F1.
"""

from typing import NamedTuple

import torch
from torch import Tensor

ROUNDS = 30
KEPT = 0.7  # of the last round's gains: without it the common and the rare tags take turns


class Gains(NamedTuple):
    """What giving a tag gains: worth * chance - cost, in parts of the F1.

    Args:
        worth: (T,) float, for a photo that has the tag.
        cost: (T,) float, of one more photo that gets the tag.
    """

    worth: Tensor
    cost: Tensor

    def of(self, chances: Tensor) -> Tensor:
        """(B, T) chances to (B, T) gains; a photo's best tags have the largest."""
        return chances * self.worth - self.cost


def mean_share(others: Tensor) -> Tensor:
    """Expected 1 / (1 + N) where N others are expected and N is Poisson's.

    Args:
        others: any shape, 0 or more.

    >>> mean_share(torch.tensor([0.0, 1.0])).tolist()
    [1.0, 0.6321205496788025]
    """
    share = -torch.expm1(-others) / others
    return share.where(others > 0, 1.0)


def learn_gains(
    chances: Tensor, counts: Tensor, *, top_k: int, f1_photos: int, precision_weight: float
) -> Gains:
    """The gains under which giving each photo its best tags leads to the same gains again.

    With m photos expected to get a tag, a share q of them rightly, one more photo with chance p
    moves the tag's precision by p E[1/(1+N)] - q (E[1/(1+N)] - P(N=0)), N Poisson's of mean m,
    and the tag's recall by p E[1/(1+M)], M the other photos that have it. F1's slopes in mean
    precision P and mean recall R are as R R and P P. Nothing but training photos is counted.

    Args:
        chances: (N, T) float, of training photos, from taggers that did not learn from them.
        counts: (T,) int64, training photos that have the tag.
        top_k: tags a photo gets.
        f1_photos: photos that P and R are counted over; a tag is expected there as often as here.
        precision_weight: what a gain in precision counts beside one in recall; 1 aims at F1.
    """
    share = f1_photos / len(chances)
    recalled = mean_share(counts.double() * share)
    gains = Gains(recalled / recalled.mean(), torch.zeros_like(recalled))
    for _ in range(ROUNDS):
        got, right = given_and_right(chances, gains, top_k)
        rightly, others = right / got.clamp_min(1), got * share
        none = (-others).exp()
        mean_precision = (rightly * (1 - none)).mean()
        mean_recall = (right / counts.clamp_min(1)).mean()
        slopes = mean_precision**2, precision_weight * mean_recall**2
        worth = slopes[0] * recalled + slopes[1] * mean_share(others)
        cost = slopes[1] * rightly * (mean_share(others) - none)
        size = worth.mean().clamp_min(1e-12)
        gains = Gains(
            KEPT * gains.worth + (1 - KEPT) * worth / size,
            KEPT * gains.cost + (1 - KEPT) * cost / size,
        )
    return Gains(gains.worth.float(), gains.cost.float())


def given_and_right(chances: Tensor, gains: Gains, top_k: int) -> tuple[Tensor, Tensor]:
    """(T,) float64 each: photos that get the tag, and those expected to have it too."""
    best = gains.of(chances).topk(min(top_k, chances.shape[1]), dim=1).indices
    got = torch.bincount(best.flatten(), minlength=chances.shape[1]).double()
    right = torch.zeros_like(got)
    right.index_add_(0, best.flatten(), chances.gather(1, best).flatten().double())
    return got, right
