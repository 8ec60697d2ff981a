"""Resamples are whole photos, the same for everybody; intervals lie around their value."""

import numpy as np
import pytest

from phototags.evaluation.metrics.bootstrap import bootstrap_weights, confidence_interval


def test_the_first_resample_is_the_test_set_itself():
    assert (bootstrap_weights(7, 3, seed=0)[0] == 1).all()


def test_every_resample_has_as_many_photos_as_the_test_set():
    drawn = bootstrap_weights(50, 20, seed=1)
    assert drawn.shape == (21, 50) and drawn.dtype == np.float32
    assert (drawn.sum(axis=1) == 50).all()
    assert (drawn == drawn.round()).all() and (drawn >= 0).all()


def test_the_same_seed_gives_the_same_resamples_and_another_seed_others():
    assert bootstrap_weights(9, 4, seed=2).tobytes() == bootstrap_weights(9, 4, seed=2).tobytes()
    assert bootstrap_weights(9, 4, seed=2).tobytes() != bootstrap_weights(9, 4, seed=3).tobytes()


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution():
    values = np.random.default_rng(0).random(400) < 0.3
    replicates = bootstrap_weights(400, 4000, seed=0)[1:] @ values / 400
    low, high = confidence_interval(values.mean(), replicates, perfect=1.0)
    error = 1.96 * np.sqrt(values.mean() * (1 - values.mean()) / 400)
    assert high - low == pytest.approx(2 * error, rel=0.05)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.003)


def test_replicates_that_all_lie_below_the_value_still_span_it():
    low, high = confidence_interval(160.0, np.linspace(120, 140, 101), perfect=260.0)
    assert low == pytest.approx(160 - 9.5) and high == pytest.approx(160 + 9.5)


def test_the_interval_stays_within_possible_scores():
    assert confidence_interval(0.99, np.array([0.5, 1.0]), perfect=1.0)[1] == 1.0
    assert confidence_interval(0.01, np.array([0.0, 0.5]), perfect=1.0)[0] == 0.0


def test_skewed_replicates_do_not_push_the_value_out_of_its_interval():
    low, high = confidence_interval(0.5, np.array([0.0] * 999 + [1.0]), perfect=1.0)
    assert low <= 0.5 <= high
