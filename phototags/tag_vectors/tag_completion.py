"""How well tags tell each other: one tag of each photo is hidden, and is to be found again."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phototags.tags.encoding import TagSets

Scorer = Callable[[TagSets], np.ndarray]


@dataclass(frozen=True, eq=False)
class Riddles:
    """Photos with one tag hidden.

    Args:
        shown: the tags that are left, one at least a photo.
        hidden: (N,) int64, the tag to be found.
    """

    shown: TagSets
    hidden: np.ndarray


def riddles(sets: TagSets, rng: np.random.Generator) -> Riddles:
    """One riddle from each photo with two tags or more; every tag of it is as likely hidden."""
    sets = sets.select(sets.sizes > 1)
    place = sets.offsets[:-1] + (rng.random(len(sets)) * sets.sizes).astype(np.int64)
    hidden = np.zeros(len(sets.ids), bool)
    hidden[place] = True
    return Riddles(sets.remove(hidden), sets.ids[place].astype(np.int64))


def ranks(riddles: Riddles, scorer: Scorer, batch: int = 512) -> np.ndarray:
    """(N,) int64: the place of the hidden tag among all tags but the shown ones; 1 is best.

    Ties count against the scorer: a tag that scores the same as the hidden one stands before it.

    Args:
        scorer: takes n sets of shown tags, gives (n, T) float scores.
    """
    found = [np.zeros(0, np.int64)]
    for begin in range(0, len(riddles.hidden), batch):
        shown = riddles.shown.select(np.arange(begin, min(begin + batch, len(riddles.hidden))))
        scores = np.array(scorer(shown), np.float64)
        own = np.arange(len(shown)), riddles.hidden[begin : begin + batch]
        hidden = scores[own]
        scores[np.repeat(own[0], shown.sizes), shown.ids] = -np.inf
        scores[own] = np.nan  # counted neither before nor after itself
        found.append(1 + (scores >= hidden[:, None]).sum(1))
    return np.concatenate(found)


def recall(ranks: np.ndarray, k: int = 10) -> float:
    """Share of riddles whose tag is among the first k, in [0, 1]; 1 is perfect, nan for none.

    >>> recall(np.array([1, 10, 11, 400]))
    0.5
    """
    return float((ranks <= k).mean()) if len(ranks) else float("nan")


def mean_reciprocal_rank(ranks: np.ndarray) -> float:
    """Mean of 1 / rank, in (0, 1]; 1 is perfect, nan for none.

    >>> mean_reciprocal_rank(np.array([1, 2, 4, 4]))
    0.5
    """
    return float((1 / ranks).mean()) if len(ranks) else float("nan")
