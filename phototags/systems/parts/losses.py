"""Losses as pure functions of scores, each with its paper."""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def negative_sampling_loss(positives: Tensor, negatives: Tensor, valid_mask: Tensor) -> Tensor:
    """Negative sampling: a photo's tags should score high and randomly sampled tags low.

    word2vec's loss (Mikolov et al., NIPS 2013) with the photo in the place of the input word:
    Im2Vec, Attalos 2016. At its optimum a score is log P(tag | photo) - log Q(tag) with Q the
    distribution of the negatives, so Q = counts removes the tags' frequency from the ranking.

    Args:
        positives: (B, P) float, scores of tags of the photo.
        negatives: (B, K) float, scores of tags sampled for the photo.
        valid_mask: (B, K) bool, False where a negative is ignored.

    Returns:
        () float, in nats: the mean over positives plus the mean over valid negatives (zero
        without any). Zero scores give 2 ln 2.

    >>> loss = negative_sampling_loss(torch.zeros(1, 5), torch.zeros(1, 10), torch.ones(1, 10) > 0)
    >>> round(loss.item(), 4)
    1.3863
    """
    pull = -logsigmoid(positives).mean()
    push = -(logsigmoid(-negatives) * valid_mask).sum()
    return pull + push / valid_mask.sum().clamp_min(1)


def expected_negative_sampling_loss(scores: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    """Expectation of `negative_sampling_loss` over the draws of positives and negatives.

    Args:
        scores: (B, T) float.
        positives: (B, T) float, probability that the tag is drawn as a positive of the photo.
        negatives: (B, T) float, as a negative; 0 for every tag where a photo has no negative.

    Returns:
        () float, in nats. Zero scores give 2 ln 2.

    >>> share = torch.full((2, 4), 0.25)
    >>> round(expected_negative_sampling_loss(torch.zeros(2, 4), share, share).item(), 4)
    1.3863
    """
    pull = -(logsigmoid(scores) * positives).sum(1).mean()
    push = -(logsigmoid(-scores) * negatives).sum()
    return pull + push / negatives.any(1).sum().clamp_min(1)


def squared_error(scores: Tensor, tags: Tensor) -> Tensor:
    """Squared error of each tag's probability against 1 on its photos and 0 elsewhere.

    The `multihot` baseline of Attalos (2016): one sigmoid layer and squared error, which
    forgives a missing tag more than cross-entropy does.

    Args:
        scores: (B, T) float, before the sigmoid.
        tags: (B, T) bool, True where the photo has the tag.

    Returns:
        () float, summed over tags, mean over photos; in [0, T]. Zero scores give T / 4.

    >>> squared_error(torch.zeros(2, 8), torch.zeros(2, 8, dtype=torch.bool)).item()
    2.0
    """
    return (scores.sigmoid() - tags.to(scores.dtype)).square().sum(1).mean()


def softmax_loss(scores: Tensor, tags: Tensor) -> Tensor:
    """Softmax cross-entropy with a target of 1 / k for each of a photo's k tags.

    Trains on hashtags at scale where one sigmoid a tag did not (Mahajan et al., ECCV 2018).

    Args:
        scores: (B, T) float, before the softmax.
        tags: (B, T) bool, at least one tag a photo.

    Returns:
        () float, mean over photos in nats, at least the mean of log k. Zero scores give log T.

    >>> round(softmax_loss(torch.zeros(1, 8), torch.arange(8)[None] < 3).item(), 4) == 2.0794
    True
    """
    shares = tags / tags.sum(1, keepdim=True)
    return -(shares * scores.log_softmax(1)).sum(1).mean()


def asymmetric_loss(
    scores: Tensor,
    tags: Tensor,
    *,
    gamma_positive: float = 0.0,
    gamma_negative: float = 4.0,
    margin: float = 0.05,
) -> Tensor:
    """Asymmetric loss: certain tags, and tags that are probably missing by mistake, cost little.

    Ridnik et al., ICCV 2021: (1 - p)^gamma_positive -log p for a tag that is there and
    q^gamma_negative -log(1 - q) with q = max(p - margin, 0) for one that is not. The original
    sums over the batch and so changes with its size; this is the mean over photos.

    Args:
        scores: (B, T) float, before the sigmoid; tags: (B, T) bool.

    Returns:
        () float in nats, summed over tags, mean over photos. With all three
        settings 0 it is binary cross-entropy.

    >>> plain = {"gamma_positive": 0, "gamma_negative": 0, "margin": 0}
    >>> round(asymmetric_loss(torch.zeros(2, 1), torch.ones(2, 1) > 0, **plain).item(), 4)
    0.6931
    """
    chance = scores.sigmoid()
    there = (1 - chance) ** gamma_positive * logsigmoid(scores)
    if margin:
        chance = (chance - margin).clamp_min(0)
        missing = chance**gamma_negative * torch.log1p(-chance)
    else:
        missing = chance**gamma_negative * logsigmoid(-scores)
    return -torch.where(tags, there, missing).sum(1).mean()


def target_error(embeddings: Tensor, targets: Tensor) -> Tensor:
    """Squared distance of a photo's embedding to the target vector made from its tags.

    The regressions of Attalos (2016): `naive-sum` and `wdv` differ in the targets only.

    Args:
        embeddings, targets: (B, D) float.

    Returns:
        () float, squared distance, mean over photos.

    >>> target_error(torch.zeros(2, 3), torch.ones(2, 3)).item()
    3.0
    """
    return (embeddings - targets).square().sum(1).mean()
