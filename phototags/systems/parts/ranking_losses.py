"""Losses that only ask for order: a photo's tags before the others."""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

EULER = 0.5772156649015329


def ranknet_loss(positives: Tensor, negatives: Tensor, kept: Tensor) -> Tensor:
    """Each tag of the photo should stand before each tag that is not: log(1 + exp(s_n - s_p)).

    RankNet's loss as Fast0Tag uses it (Zhang, Gong & Shah, CVPR 2016), where the pairs of a
    photo count as their mean.

    Args:
        positives: (B, P) float, scores of tags of the photo.
        negatives: (B, K) float, scores of other tags; kept: (B, K) bool, False to pass one by.

    Returns:
        () float in nats, the mean over kept pairs; 0 without any. Equal scores give ln 2.

    >>> round(ranknet_loss(torch.zeros(1, 2), torch.zeros(1, 3), torch.ones(1, 3) > 0).item(), 4)
    0.6931
    """
    costs = softplus(negatives[:, None, :] - positives[:, :, None]) * kept[:, None, :]
    return costs.sum() / (kept.sum() * positives.shape[1]).clamp_min(1)


def harmonic(numbers: Tensor) -> Tensor:
    """1 + 1/2 + ... + 1/k for each k, 0 for 0; float64 of the same shape.

    >>> harmonic(torch.tensor([0, 1, 2])).tolist()
    [0.0, 1.0, 1.5]
    """
    return (torch.digamma(numbers.double() + 1) + EULER).round(decimals=12)


def warp_loss(
    positives: Tensor, drawn: Tensor, kept: Tensor, *, tags: int, margin: float = 0.1
) -> Tensor:
    """The first drawn tag that comes too near pays, the more the sooner it was found.

    WSABIE (Weston, Bengio & Usunier, IJCAI 2011) as Denton et al. (KDD 2015) use it: tags are
    drawn until one violates s_n > s_p - margin; after N draws the tag's rank is about
    (T - 1) / N, and the hinge margin - s_p + s_n is weighted by L(rank) = 1 + 1/2 + ... + 1/rank.
    Here all draws are made at once and those behind the first violation count for nothing,
    which is the same loss.

    Args:
        positives: (B,) float, score of a tag of the photo.
        drawn: (B, N) float, scores of the tags drawn, in the order drawn.
        kept: (B, N) bool, False for a draw that is a tag of the photo: such a draw is no draw.
        tags: T.

    Returns:
        () float, mean over photos; a photo without a violation counts with 0.

    >>> near, drawn = torch.tensor([1.0]), torch.tensor([[0.5, 0.95, 3.0]])
    >>> round(warp_loss(near, drawn, torch.ones(1, 3) > 0, tags=7).item(), 4)  # 0.05 L(3)
    0.0917
    """
    hinge = (margin - positives[:, None] + drawn) * kept
    violates = hinge.detach() > 0
    first = violates.int().argmax(1, keepdim=True)
    draws = kept.cumsum(1).gather(1, first).clamp_min(1)
    weight = harmonic((tags - 1) // draws).to(hinge.dtype) * violates.any(1, keepdim=True)
    return (weight * hinge.gather(1, first)).mean()


@torch.no_grad()
def limit_lengths(rows: Tensor, longest: float = 1.0) -> None:
    """Shorten rows longer than allowed, in place: WSABIE's constraint, its only regulariser.

    Args:
        rows: (n, D) float.

    >>> rows = torch.tensor([[3.0, 4.0], [0.3, 0.4]])
    >>> limit_lengths(rows)
    >>> rows.norm(dim=1).tolist()
    [1.0, 0.5]
    """
    if not math.isinf(longest):
        rows.mul_((longest / rows.norm(dim=1, keepdim=True).clamp_min(1e-12)).clamp_max(1))
