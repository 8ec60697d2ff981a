"""Score tags that were held out of training, and choose the settings of the zero-shot model so."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.metrics.ranking import average_precision, rank
from phototags.evaluation.zero_shot.cut import choose_cut
from phototags.evaluation.zero_shot.photos import Photos
from phototags.tag_vectors.ridge import Ridge, scale_to_unit, whiten
from phototags.tag_vectors.zero_shot_model import fit_zero_shot, weigh_tags

ALPHAS = (1.0, 3.0, 10.0, 30.0, 100.0)
POWERS = (0.0, 0.5, 0.75, 1.0)
FOLDS = 5


@dataclass(frozen=True)
class Settings:
    """Penalty of the ridge regression, and power of the whitening in [0, 1]."""

    alpha: float
    power: float


def assign_folds(tags: int, folds: int, seed: int) -> NDArray[np.int64]:
    """Assign each of T tags to one of the folds, which differ in size by one at most: (T,)."""
    return np.random.default_rng(seed).permutation(tags) % folds


def score_unseen(
    ridge: Ridge,
    relevant: NDArray[np.bool_],
    vectors: NDArray,
    seen: NDArray[np.int64],
    unseen: NDArray[np.int64],
    features: NDArray,
    settings: Sequence[Settings],
) -> list[NDArray[np.float64]]:
    """Score tags that are held out of the fit altogether; as `ZeroShot.score`, for each setting.

    Args:
        ridge: of the training photos. relevant: (n, T) bool, their tags.
        vectors: (T, E), text vectors of the tags. seen, unseen: disjoint numbers of tags.
        features: (m, F), of the photos to score.

    Returns:
        for each setting (m, U) cosines.
    """
    mean = vectors[seen].mean(axis=0)
    targets = weigh_tags(relevant[:, seen]) @ (vectors[seen] - mean)
    alphas = dict.fromkeys(one.alpha for one in settings)
    predicted = {alpha: ridge.predict(targets, alpha, features) for alpha in alphas}
    maps = {one.power: whiten(vectors[seen], one.power) for one in settings}
    return [
        scale_to_unit(predicted[one.alpha] @ maps[one.power])
        @ scale_to_unit((vectors[unseen] - mean) @ maps[one.power]).T
        for one in settings
    ]


def choose_settings(
    ridge: Ridge,
    relevant: NDArray[np.bool_],
    vectors: NDArray,
    validation: Photos,
    seed: int,
) -> Settings:
    """Choose the settings with the best mean average precision of held-out tags.

    Args:
        ridge, relevant, vectors: the training photos and all tags that may be learned from;
            each fold of them is held out in turn.
        validation: on whose photos held-out tags are scored.
    """
    grid = [Settings(*one) for one in itertools.product(ALPHAS, POWERS)]
    folds, scored = assign_folds(len(vectors), FOLDS, seed), validation.relevant.any(axis=0)
    total = np.zeros(len(grid))
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero((folds == fold) & scored)
        if not len(unseen):
            continue
        each = score_unseen(ridge, relevant, vectors, seen, unseen, validation.features, grid)
        hits = validation.relevant[:, unseen].T
        total += [average_precision(rank(scores.T, hits)).sum() for scores in each]
    return grid[int(total.argmax())]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Scores of tags by models that never saw them.

    Args:
        scores: (m, T) cosines of m test photos.
        admitted: (T,) bool, whether a photo reaches the cut.
        refused: (W,) share of the folds in which no photo reaches it, for each foreign word.
        settings: of each fold.
    """

    scores: NDArray[np.float64]
    admitted: NDArray[np.bool_]
    refused: NDArray[np.float64]
    settings: list[Settings]


def score_held_out(
    ridge: Ridge,
    parts: tuple[Photos, Photos],
    vectors: NDArray,
    features: NDArray,
    foreign: tuple[NDArray, NDArray],
    seed: int,
) -> HeldOut:
    """Score every tag by a model that never saw it: five folds, settings and cut chosen in each.

    Args:
        ridge: of the training photos. parts: the training and validation photos, (T tags).
        vectors: (T, E), text vectors of the tags. features: (m, F) of the photos to score.
        foreign: text vectors of foreign words, to choose the cut by and to test it.
    """
    train, validation = parts
    folds, chosen, refused = assign_folds(len(vectors), FOLDS, seed), [], []
    scores, admitted = np.zeros((len(features), len(vectors))), np.zeros(len(vectors), bool)
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        known = validation.select_tags(seen)
        settings = choose_settings(ridge, train.relevant[:, seen], vectors[seen], known, seed + 1)
        weights = weigh_tags(train.relevant[:, seen])
        model = fit_zero_shot(ridge, weights, vectors[seen], *astuple(settings), "", "")
        cut = choose_cut(model, np.concatenate([train.features, validation.features]), foreign[0])
        scores[:, unseen] = model.score(features, vectors[unseen])
        admitted[unseen] = scores[:, unseen].max(axis=0) >= cut
        refused.append(model.score(features, foreign[1]).max(axis=0) < cut)
        chosen.append(settings)
    return HeldOut(scores, admitted, np.mean(refused, axis=0), chosen)


def expect_random(relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Expected average precision of each tag when photos are ranked at random: (T,).

    Above the share of photos with the tag, more so for rare tags:
    (H(n) + (k - 1) / (n - 1) (n - H(n))) / n for k of n photos, H the harmonic numbers.

    >>> expect_random(np.array([[True], [False]])).tolist()
    [0.75]
    """
    photos, having = len(relevant), relevant.sum(axis=0)
    harmonic = (1 / np.arange(1, photos + 1)).sum()
    return (harmonic + (having - 1) / max(photos - 1, 1) * (photos - harmonic)) / photos
