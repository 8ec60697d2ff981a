"""What a wrong score costs: pure functions of scores, each with its paper."""

import torch  # noqa: F401  (the examples use it)
from torch import Tensor
from torch.nn.functional import logsigmoid


def negative_sampling_loss(positives: Tensor, negatives: Tensor, kept: Tensor) -> Tensor:
    """A photo should agree with its tags and disagree with tags drawn at random.

    word2vec's loss (Mikolov et al., NIPS 2013) with the photo in the place of the input word:
    Im2Vec, Attalos 2016. At its optimum a score is log P(tag | photo) - log Q(tag) with Q the
    distribution of the negatives, so Q = counts removes the tags' frequency from the ranking.

    Args:
        positives: (B, P) float, scores of tags of the photo.
        negatives: (B, K) float, scores of tags drawn for the photo.
        kept: (B, K) bool, False where a negative may not count.

    Returns:
        () float, in nats: the mean over positives plus the mean over kept negatives (zero when
        none is kept). Zero scores give 2 ln 2.

    >>> loss = negative_sampling_loss(torch.zeros(1, 5), torch.zeros(1, 10), torch.ones(1, 10) > 0)
    >>> round(loss.item(), 4)
    1.3863
    """
    pull = -logsigmoid(positives).mean()
    push = -(logsigmoid(-negatives) * kept).sum()
    return pull + push / kept.sum().clamp_min(1)


def squared_error(scores: Tensor, tags: Tensor) -> Tensor:
    """Each tag's probability should be one on its photos and zero elsewhere.

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
