"""Leave-one-out means over a user's photos, against a loop."""

import numpy as np
import pytest

from phototags.users.user_table import leave_one_out_means


def make_values(seed: int = 0):
    random = np.random.default_rng(seed)
    values = random.normal(size=(60, 3))
    return values, random.integers(-1, 6, 60), random.random(60) < 0.6


def test_means_and_numbers_are_those_of_a_loop():
    values, users, counted = make_values()
    means, others = leave_one_out_means(values, users, counted)
    for photo in range(len(values)):
        own = [
            other
            for other in range(len(values))
            if other != photo and users[other] == users[photo] >= 0 and counted[other]
        ]
        assert others[photo] == len(own)
        expected = values[own].mean(axis=0) if own else np.zeros(3)
        np.testing.assert_allclose(means[photo], expected, atol=1e-12)


@pytest.mark.parametrize("photo", [0, 17, 59])
def test_a_photos_own_values_change_no_bit_of_its_mean(photo):
    values, users, counted = make_values()
    users[photo], counted[photo] = 2, True
    before = leave_one_out_means(values, users, counted)[0]
    values[photo] = 1e17  # would leave rounding behind if it were added and taken away again
    after = leave_one_out_means(values, users, counted)[0]
    assert after[photo].tobytes() == before[photo].tobytes()
    assert not np.array_equal(after, before)


def test_values_of_uncounted_photos_may_be_nan():
    values, users, counted = make_values()
    values[~counted] = np.nan
    assert np.isfinite(leave_one_out_means(values, users, counted)[0]).all()


def test_no_photos_have_no_means():
    means, others = leave_one_out_means(np.zeros((0, 2)), np.zeros(0, int), np.zeros(0, bool))
    assert (means.shape, others.shape) == ((0, 2), (0,))
