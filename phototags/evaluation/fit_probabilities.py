"""Fit probabilities to a tagger's scores on validation photos, and cuts for a precision.

Platt scaling (Platt 1999), a logistic regression on the score: one for all tags together, and an
own one for each tag that is shrunk to it, for most tags have a handful of validation photos. How
much it is shrunk is chosen by cross-validation over users.
"""

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.probabilities import STEPS, Probabilities, sigmoid

STRENGTHS = (1.0, 5.0, 20.0, 100.0, 500.0, np.inf)
"""Of the prior on each tag's deviation: 1 / variance of its log-odds; inf gives no tag its own."""
FOLDS = 5
COMMON_STRENGTH = 1e-3  # so that a separable score has a finite fit
MAX_STEPS, MAX_HALVINGS, TOLERANCE = 50, 20, 1e-7


def fit_probabilities(scores: NDArray, relevant: NDArray, users: NDArray) -> Probabilities | None:
    """Fit the calibration on photos that the tagger did not learn from.

    Args:
        scores: (N, T) float. relevant: (N, T) bool.
        users: (N,) int, who wrote the photo's tags.

    Returns:
        None where there is no photo with a tag, or none without.
    """
    scores = np.asarray(scores, np.float64)
    if not relevant.any() or relevant.all():
        return None
    weights = weigh_photos(users)
    strength = choose_strength(scores, relevant, weights, users)
    offsets, slopes = fit_shrunk(scores, relevant, weights, strength)
    cuts = choose_cuts(sigmoid(offsets + slopes * scores), weights)
    return Probabilities(offsets, slopes, cuts, strength, len(scores))


def weigh_photos(users: NDArray) -> NDArray[np.float64]:
    """(N, 1) weights of mean 1, by which a user's photos together count as their square root.

    The next photo is of somebody else, so that hundreds of one user's say little more than ten.

    >>> weigh_photos(np.array([0, 0, 0, 0, 1])).ravel().round(3).tolist()
    [0.833, 0.833, 0.833, 0.833, 1.667]
    """
    _, places, photos = np.unique(users, return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(photos[places])
    return (weights / weights.mean())[:, None]


def choose_strength(scores: NDArray, relevant: NDArray, weights: NDArray, users: NDArray) -> float:
    """The strongest prior whose loss on other users is within one standard error of the best.

    The rule is Breiman's (CART, 1984): what is no better than chance is not fitted. Photos of
    fewer than two users can be compared with nobody, and get inf.
    """
    folds = split_users(users)
    if not folds:
        return np.inf
    losses = np.zeros((len(folds), len(STRENGTHS)))
    for fold, (rest, left_out) in enumerate(folds):
        for number, strength in enumerate(STRENGTHS):
            offsets, slopes = fit_shrunk(scores[rest], relevant[rest], weights[rest], strength)
            each = log_loss(offsets + slopes * scores[left_out], relevant[left_out])
            losses[fold, number] = (weights[left_out] * each).sum()
    worse = losses - losses[:, [losses.sum(0).argmin()]]
    error = worse.std(0, ddof=1) * np.sqrt(len(folds))
    return STRENGTHS[np.flatnonzero(worse.sum(0) <= error)[-1]]


def split_users(users: NDArray) -> list[tuple[NDArray, NDArray]]:
    """Rows to fit on and rows left out, for at most FOLDS folds of users; none of one user."""
    from sklearn.model_selection import GroupKFold

    folds = min(FOLDS, len(np.unique(users)))
    return list(GroupKFold(folds).split(users, groups=users)) if folds > 1 else []


def fit_shrunk(
    scores: NDArray, relevant: NDArray, weights: NDArray, strength: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Offsets and slopes (T,) of each tag: one fit for all tags, then deviations from it.

    A tag's logit is a + exp(b) times the common one, with a normal prior of variance 1 / strength
    on a and b. Strength inf gives the common fit; 0, or many photos, each tag's own.
    """
    centre, size = scores.mean(), max(scores.std(), 1e-12)
    standard = (scores - centre) / size
    (offset,), (slope,) = fit_logistic(
        standard.reshape(-1, 1),
        relevant.reshape(-1, 1),
        np.broadcast_to(weights, scores.shape).reshape(-1, 1),
        COMMON_STRENGTH,
    )
    a, b = np.zeros(scores.shape[1]), np.ones(scores.shape[1])
    if np.isfinite(strength):
        a, b = fit_logistic(offset + slope * standard, relevant, weights, strength)
    slopes = b * slope / size
    return a + b * offset - slopes * centre, slopes


def fit_logistic(
    inputs: NDArray, relevant: NDArray, weights: NDArray, strength: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit sigmoid(a + exp(b) * input) in each column; returns a and exp(b), (T,) each.

    Minimises the weighted log loss plus strength / 2 * (a^2 + b^2) by Fisher scoring; steps that
    do not lower it are halved.
    """
    a, b = np.zeros((2, inputs.shape[1]))

    def penalised(a: NDArray, b: NDArray) -> NDArray:
        losses = (weights * log_loss(a + np.exp(b) * inputs, relevant)).sum(0)
        return losses + strength / 2 * (a * a + b * b)

    loss = penalised(a, b)
    for _ in range(MAX_STEPS):
        step_a, step_b = scoring_step(inputs, relevant, weights, strength, a, b)
        size = np.ones_like(a)
        for _ in range(MAX_HALVINGS):
            with np.errstate(over="ignore", invalid="ignore"):
                new = penalised(a - size * step_a, b - size * step_b)
            if (better := new <= loss).all():
                break
            size[~better] /= 2
        a, b = a - better * size * step_a, b - better * size * step_b
        gain, loss = np.where(better, loss - new, 0), np.where(better, new, loss)
        if (gain <= TOLERANCE * (1 + loss)).all():
            break
    return a, np.exp(b)


def scoring_step(
    inputs: NDArray, relevant: NDArray, weights: NDArray, strength: float, a: NDArray, b: NDArray
) -> tuple[NDArray, NDArray]:
    """Gradient over expected curvature, (T,) of a and of b."""
    scaled = np.exp(b) * inputs
    chance = sigmoid(a + scaled)
    wrong, curve = weights * (chance - relevant), weights * chance * (1 - chance)
    down_a, down_b = wrong.sum(0) + strength * a, (wrong * scaled).sum(0) + strength * b
    aa = curve.sum(0) + strength
    ab = (curve * scaled).sum(0)
    bb = (curve * scaled**2).sum(0) + strength
    area = np.maximum(aa * bb - ab**2, 1e-30)
    return (bb * down_a - ab * down_b) / area, (aa * down_b - ab * down_a) / area


def choose_cuts(probabilities: NDArray, weights: NDArray) -> NDArray[np.float64]:
    """For each precision of STEPS the lowest cut above which the mean probability is as high, over
    all pairs of photo and tag together; nan where even the highest probability is lower.

    Tags share the cut, so that one with few photos needs none of its own. The mean probability is
    used, for the share of right tags among the few pairs above a high cut is mostly chance.

    Args:
        probabilities: (N, T). weights: (N, 1).
    """
    order = np.argsort(-probabilities, axis=None, kind="stable")
    values = probabilities.ravel()[order]
    given = np.broadcast_to(weights, probabilities.shape).ravel()[order]
    expected = (given * values).cumsum() / given.cumsum()  # falls from the highest to the mean
    ends = np.flatnonzero(np.append(values[1:] != values[:-1], True))  # equal ones go together
    lowest = np.searchsorted(-expected[ends], -STEPS + 1e-12, side="right") - 1
    return np.where(lowest >= 0, values[ends[lowest]], np.nan)


def log_loss(logits: NDArray, relevant: NDArray) -> NDArray[np.float64]:
    """Cross-entropy of each pair, in nats."""
    return np.logaddexp(0, logits) - relevant * logits
