"""Sampling of an epoch's photos and tags, and label noise.

Tag sets are padded rows as in tags/padding.py; counts are of the training photos only.
"""

import torch
from torch import Tensor

from phototags.systems.parts.tag_sampling import CategoricalSampler
from phototags.tags.padding import PADDING


def repeat_factors(tags: Tensor, rates: Tensor, threshold: float) -> Tensor:
    """Compute how often a photo is shown in an epoch, so that rare tags are seen more often.

    r(t) = max(1, sqrt(threshold / rate of t)); a photo takes the largest of its tags (square
    root sampling of Mahajan et al., ECCV 2018).

    Args:
        tags: (N, L) int64 padded, at least one tag a photo.
        rates: (T,) float in (0, 1], share of photos that have the tag.
        threshold: s; tags more frequent than it are not repeated. 0 is natural sampling.

    Returns:
        (N,) float, at least 1.

    >>> tags = torch.tensor([[0, 1], [0, PADDING]])
    >>> repeat_factors(tags, torch.tensor([1.0, 0.25]), threshold=1.0).tolist()
    [2.0, 1.0]
    """
    factors = (threshold / rates).sqrt().clamp_min(1)
    return factors[tags.clamp_min(0)].where(tags != PADDING, 1.0).amax(1)


def sample_repeated(factors: Tensor, generator: torch.Generator) -> Tensor:
    """Sample the photos of one epoch in random order, each as often as its factor on average.

    Args:
        factors: (N,) float; a factor of 2.3 shows a photo twice, and thrice in 3 of 10 epochs.

    Returns:
        (M,) int64, numbers below N.
    """
    chance = torch.rand(len(factors), generator=generator)
    times = (factors.floor() + (chance < factors.frac())).long()
    photos = torch.arange(len(factors)).repeat_interleave(times)
    return photos[torch.randperm(len(photos), generator=generator)]


def sample_balanced(
    tags: Tensor, vocabulary: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Sample as many pairs as there are photos, all tags equally likely: a tag, then its photo.

    Uniform sampling of Mahajan et al. (2018); the balanced training of Denton et al. (2015).
    The pair's tag is what the photo was drawn for: any other of its tags, drawn in its place,
    would bring the frequent tags back.

    Args:
        tags: (N, L) int64 padded.

    Returns:
        (N,) int64 photos, with repetitions, and (N,) int64, the tag of each.
    """
    photos, places = (tags != PADDING).nonzero(as_tuple=True)
    own = tags[photos, places]
    weights = 1 / torch.bincount(own, minlength=vocabulary).double()
    pairs = CategoricalSampler(weights[own]).sample((len(tags),), generator)
    return photos[pairs], own[pairs]


def keep_probabilities(rates: Tensor, threshold: float = 0.01) -> Tensor:
    """Compute the chance that a written tag is kept: max(0, 1 - rate / threshold).

    Positive subsampling of Attalos (2016): tags on more than the threshold's share of photos
    teach nothing, unlike word2vec's softer 1 - sqrt(threshold / rate).

    Args:
        rates: (T,) float in [0, 1].

    Returns:
        (T,) float in [0, 1].

    >>> keep_probabilities(torch.tensor([0.0, 0.0025, 0.5])).tolist()
    [1.0, 0.75, 0.0]
    """
    return (1 - rates / threshold).clamp_min(0)


def subsample_tags(tags: Tensor, probabilities: Tensor, generator: torch.Generator) -> Tensor:
    """Keep each tag with its probability; a photo may be left with none.

    Args:
        tags: (N, L) int64 padded; probabilities: (T,) float in [0, 1].

    Returns:
        (N, L) int64 padded, kept tags first.
    """
    kept = torch.rand(tags.shape, generator=generator) < probabilities[tags.clamp_min(0)]
    return move_padding_last(tags.where(kept & (tags != PADDING), PADDING))


def corrupt_tags(tags: Tensor, share: float, weights: Tensor, generator: torch.Generator) -> Tensor:
    """Replace a share of the tags by others, to measure robustness.

    Mahajan et al. (2018) replace a share p of all tags by draws from the tags' own
    distribution. A tag drawn twice on a photo is kept once.

    Args:
        tags: (N, L) int64 padded; share: in [0, 1]; weights: (T,) float64, usually counts.

    Returns:
        (N, L) int64 padded.
    """
    wrong = (torch.rand(tags.shape, generator=generator) < share) & (tags != PADDING)
    others = CategoricalSampler(weights).sample(tuple(tags.shape), generator)
    noisy = tags.where(~wrong, others)
    twice = (noisy[:, :, None] == noisy[:, None, :]).tril(-1).any(2)
    return move_padding_last(noisy.where(~twice, PADDING))


def move_padding_last(tags: Tensor) -> Tensor:
    """Move the PADDING of each row to its end, the rest in order.

    >>> move_padding_last(torch.tensor([[PADDING, 3, PADDING, 1]])).tolist()
    [[3, 1, -1, -1]]
    """
    return tags.gather(1, (tags == PADDING).int().argsort(dim=1, stable=True))
