"""Ranking losses: a photo's tags should score above the others."""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

EULER = 0.5772156649015329


def ranknet_loss(positives: Tensor, negatives: Tensor, valid_mask: Tensor) -> Tensor:
    """RankNet: each tag of the photo should score above each other tag, log(1 + exp(s_n - s_p)).

    As Fast0Tag uses it (Zhang, Gong & Shah, CVPR 2016), where the pairs of a photo count as
    their mean.

    Args:
        positives: (B, P) float, scores of tags of the photo.
        negatives: (B, K) float, scores of other tags.
        valid_mask: (B, K) bool, False where a negative is ignored.

    Returns:
        () float in nats, the mean over valid pairs; 0 without any. Equal scores give ln 2.

    >>> round(ranknet_loss(torch.zeros(1, 2), torch.zeros(1, 3), torch.ones(1, 3) > 0).item(), 4)
    0.6931
    """
    costs = softplus(negatives[:, None, :] - positives[:, :, None]) * valid_mask[:, None, :]
    return costs.sum() / (valid_mask.sum() * positives.shape[1]).clamp_min(1)


def harmonic(numbers: Tensor) -> Tensor:
    """1 + 1/2 + ... + 1/k for each k, 0 for 0; float64 of the same shape.

    >>> harmonic(torch.tensor([0, 1, 2])).tolist()
    [0.0, 1.0, 1.5]
    """
    return (torch.digamma(numbers.double() + 1) + EULER).round(decimals=12)


def warp_loss(
    positives: Tensor, trials: Tensor, valid_mask: Tensor, *, tags: int, margin: float = 0.1
) -> Tensor:
    """WARP: the first sampled tag that violates the margin costs the more, the sooner it was found.

    WSABIE (Weston, Bengio & Usunier, IJCAI 2011) as Denton et al. (KDD 2015) use it: tags are
    sampled until one violates s_n > s_p - margin; after N trials the tag's rank is about
    (T - 1) / N, and the hinge margin - s_p + s_n is weighted by L(rank) = 1 + 1/2 + ... + 1/rank.
    Here all trials are sampled at once and those after the first violation are ignored, which
    is the same loss.

    Args:
        positives: (B,) float, score of a tag of the photo.
        trials: (B, N) float, scores of the sampled tags, in the order sampled.
        valid_mask: (B, N) bool, False for a tag of the photo, which does not count as a trial.
        tags: T.

    Returns:
        () float, mean over photos; a photo without a violation counts with 0.

    >>> positives, trials = torch.tensor([1.0]), torch.tensor([[0.5, 0.95, 3.0]])
    >>> round(warp_loss(positives, trials, torch.ones(1, 3) > 0, tags=7).item(), 4)  # 0.05 L(3)
    0.0917
    """
    hinge = (margin - positives[:, None] + trials) * valid_mask
    violates = hinge.detach() > 0
    first = violates.int().argmax(1, keepdim=True)
    tried = valid_mask.cumsum(1).gather(1, first).clamp_min(1)
    weight = harmonic((tags - 1) // tried).to(hinge.dtype) * violates.any(1, keepdim=True)
    return (weight * hinge.gather(1, first)).mean()


@torch.no_grad()
def limit_norms(rows: Tensor, max_norm: float = 1.0) -> None:
    """Scale rows down to a maximum norm, in place: WSABIE's constraint, its only regulariser.

    Args:
        rows: (n, D) float.

    >>> rows = torch.tensor([[3.0, 4.0], [0.3, 0.4]])
    >>> limit_norms(rows)
    >>> rows.norm(dim=1).tolist()
    [1.0, 0.5]
    """
    if not math.isinf(max_norm):
        rows.mul_((max_norm / rows.norm(dim=1, keepdim=True).clamp_min(1e-12)).clamp_max(1))
