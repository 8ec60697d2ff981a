"""Resamples lack whole users, the same for everybody; intervals lie around their value."""

import numpy as np
import pytest
from scipy.stats import t as student

from phototags.evaluation.metrics.resamples import (
    confidence_interval,
    draw_resamples,
    number_users,
)

EACH_ALONE = np.arange(50)


def test_the_first_resample_is_the_test_set_itself():
    assert (draw_resamples(EACH_ALONE, 3, seed=0).weights[0] == 1).all()


def test_every_resample_lacks_15_percent_of_the_users_and_all_of_their_photos():
    users = np.repeat(np.arange(20), np.arange(1, 21))
    drawn = draw_resamples(users, 30, seed=1).weights
    assert drawn.shape == (31, 210) and drawn.dtype == np.float32
    for weights in drawn[1:]:
        kept = [set(weights[users == user]) for user in range(20)]
        assert kept.count({0.0}) == 3 and kept.count({1.0}) == 17
    assert len({row.tobytes() for row in drawn}) > 25


def test_photos_of_unknown_users_are_drawn_one_by_one():
    users = number_users([None, "ann", float("nan"), "ann", "bob", None])
    assert users[1] == users[3]
    assert len(set(users.tolist())) == 5


def test_the_same_seed_gives_the_same_resamples_and_another_seed_others():
    once, again, other = (draw_resamples(EACH_ALONE, 4, seed).weights for seed in (2, 2, 3))
    assert once.tobytes() == again.tobytes() != other.tobytes()


def test_the_interval_of_a_mean_is_that_of_student():
    values = np.random.default_rng(0).random(400) < 0.3
    drawn = draw_resamples(np.arange(400), 4000, seed=0)
    means = drawn.weights @ values / drawn.weights.sum(axis=1)
    low, high = confidence_interval(values.mean(), drawn.replicate(means), perfect=1.0)
    error = student.ppf(0.975, 399) * values.std(ddof=1) / 20
    assert high - low == pytest.approx(2 * error, rel=0.05)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=1e-9)


def test_the_interval_of_users_who_agree_with_themselves_is_that_of_the_users():
    """40 users, all ten photos of each right or wrong: 40 observations, not 400."""
    right = np.random.default_rng(3).random(40) < 0.4
    users = np.repeat(np.arange(40), 10)
    drawn = draw_resamples(users, 4000, seed=0)
    means = drawn.weights @ right[users] / drawn.weights.sum(axis=1)
    low, high = confidence_interval(right.mean(), drawn.replicate(means), perfect=1.0)
    error = student.ppf(0.975, 39) * right.std(ddof=1) / np.sqrt(40)
    assert high - low == pytest.approx(2 * error, rel=0.05)


def test_one_user_says_nothing_of_others():
    drawn = draw_resamples(np.zeros(9, int), 5, seed=0)
    assert confidence_interval(0.4, drawn.replicate(np.full(6, 0.4)), perfect=1.0) == (0.0, 1.0)


def test_the_interval_stays_within_possible_scores():
    assert confidence_interval(0.99, np.array([0.8, 1.0]), perfect=1.0)[1] == 1.0
    assert confidence_interval(0.01, np.array([0.0, 0.2]), perfect=1.0)[0] == 0.0


def test_replicates_lie_around_the_value():
    drawn = draw_resamples(EACH_ALONE, 3, seed=0)
    assert drawn.replicate(np.array([9.0, 5.0, 6.0, 7.0])).mean() == pytest.approx(9.0)
