"""Evaluate tag completion: hide one tag of each photo and rank it by the others."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phototags.tags.encoding import TagSets

Predictor = Callable[[TagSets], np.ndarray]
"""Takes n sets of shown tags, returns (n, T) float scores."""


@dataclass(frozen=True, eq=False)
class HeldOutTags:
    """Photos with one tag hidden.

    Args:
        shown: the tags that are left, one or more a photo.
        hidden: (N,) int64, the tag to predict.
    """

    shown: TagSets
    hidden: np.ndarray


def hide_tags(sets: TagSets, rng: np.random.Generator) -> HeldOutTags:
    """Hide a tag, drawn uniformly, of each photo with two tags or more."""
    sets = sets.select(sets.sizes > 1)
    place = sets.offsets[:-1] + (rng.random(len(sets)) * sets.sizes).astype(np.int64)
    hidden = np.zeros(len(sets.ids), bool)
    hidden[place] = True
    return HeldOutTags(sets.remove(hidden), sets.ids[place].astype(np.int64))


def rank_hidden(held_out: HeldOutTags, predictor: Predictor, batch_size: int = 512) -> np.ndarray:
    """Return the (N,) int64 rank of the hidden tag among all tags but the shown ones; 1 is best.

    Ties count against the predictor: a tag that scores the same as the hidden one ranks before it.
    """
    found, photos = [np.zeros(0, np.int64)], len(held_out.hidden)
    for begin in range(0, photos, batch_size):
        shown = held_out.shown.select(np.arange(begin, min(begin + batch_size, photos)))
        scores = np.array(predictor(shown), np.float64)
        own = np.arange(len(shown)), held_out.hidden[begin : begin + batch_size]
        hidden = scores[own]
        scores[np.repeat(own[0], shown.sizes), shown.ids] = -np.inf
        scores[own] = np.nan  # counted neither before nor after itself
        found.append(1 + (scores >= hidden[:, None]).sum(1))
    return np.concatenate(found)


def recall(ranks: np.ndarray, k: int = 10) -> float:
    """Return the share of hidden tags among the first k, in [0, 1]; 1 is perfect, nan for none.

    >>> recall(np.array([1, 10, 11, 400]))
    0.5
    """
    return float((ranks <= k).mean()) if len(ranks) else float("nan")


def mean_reciprocal_rank(ranks: np.ndarray) -> float:
    """Return the mean of 1 / rank, in (0, 1]; 1 is perfect, nan for none.

    >>> mean_reciprocal_rank(np.array([1, 2, 4, 4]))
    0.5
    """
    return float((1 / ranks).mean()) if len(ranks) else float("nan")
