"""Probabilities: what is recovered, how far tags are shrunk, and cuts for a precision."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from phototags.errors import ModelError
from phototags.evaluation.fit_probabilities import (
    choose_cuts,
    choose_strength,
    fit_logistic,
    fit_probabilities,
    fit_shrunk,
    weigh_photos,
)
from phototags.evaluation.probabilities import (
    STEPS,
    read_probabilities,
    sigmoid,
    write_probabilities,
)


def draw_photos(photos, tags, slope=0.8, offset=-1.0, spread=0.0, seed=0):
    """Scores, outcomes and the true probabilities; a tag's offset deviates by `spread`."""
    draw = np.random.default_rng(seed)
    scores = draw.normal(0, 2, (photos, tags))
    truth = sigmoid(slope * scores + offset + spread * draw.normal(size=tags))
    return scores, draw.random((photos, tags)) < truth, truth


def own_fits(scores, relevant):
    """Offsets and slopes of scikit-learn's unpenalised regressions, a tag each."""
    pairs = []
    for tag in range(scores.shape[1]):
        model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
        model.fit(scores[:, [tag]], relevant[:, tag])
        pairs.append((model.intercept_[0], model.coef_[0, 0]))
    return np.array(pairs).T


def test_probabilities_of_known_logits_are_recovered():
    scores, relevant, truth = draw_photos(4000, 5)
    fitted = fit_probabilities(scores, relevant, np.arange(4000))
    assert np.abs(fitted.probabilities(scores) - truth).mean() < 0.02


def test_tags_that_deviate_get_fits_of_their_own():
    scores, relevant, truth = draw_photos(4000, 5, spread=2.0)
    fitted = fit_probabilities(scores, relevant, np.arange(4000))
    assert np.isfinite(fitted.strength)
    assert np.abs(fitted.probabilities(scores) - truth).mean() < 0.02


def test_tags_that_do_not_deviate_share_one_fit():
    scores, relevant, _ = draw_photos(200, 5)
    assert choose_strength(scores, relevant, np.ones((200, 1)), np.arange(200)) >= 100


def test_without_shrinkage_a_tag_has_its_own_regression():
    scores, relevant, _ = draw_photos(300, 4, spread=1.0)
    fitted = fit_shrunk(scores, relevant, np.ones((300, 1)), 1e-9)
    np.testing.assert_allclose(fitted, own_fits(scores, relevant), atol=1e-3)


def test_full_shrinkage_is_one_regression_of_all_tags():
    scores, relevant, _ = draw_photos(300, 4, spread=1.0)
    (offset,), (slope,) = own_fits(scores.reshape(-1, 1), relevant.reshape(-1, 1))
    for strength in (np.inf, 1e9):
        offsets, slopes = fit_shrunk(scores, relevant, np.ones((300, 1)), strength)
        np.testing.assert_allclose(offsets, offset, atol=1e-3)
        np.testing.assert_allclose(slopes, slope, atol=1e-3)


def test_a_tag_with_few_photos_stays_nearer_to_the_common_fit():
    inputs, deviating = np.zeros((1000, 1)), np.zeros((1000, 1), bool)
    deviating[::4] = True  # log-odds -1.1, where the common fit says 0
    few, _ = fit_logistic(inputs[:8], deviating[:8], np.ones((8, 1)), 10.0)
    many, _ = fit_logistic(inputs, deviating, np.ones((1000, 1)), 10.0)
    assert np.log(1 / 3) < many[0] < -1 < -0.3 < few[0] < 0


def test_a_photo_of_weight_two_counts_as_two_photos():
    scores, relevant, _ = draw_photos(50, 2)
    weights = np.ones((50, 1))
    weights[:10] = 2
    twice = [np.concatenate([one, one[:10]]) for one in (scores, relevant)]
    expected = fit_logistic(*twice, np.ones((60, 1)), 1.0)
    np.testing.assert_allclose(fit_logistic(scores, relevant, weights, 1.0), expected, rtol=1e-3)


def test_users_count_as_the_root_of_their_photos():
    weights = weigh_photos(np.array([7] * 9 + [3]))[:, 0]
    assert weights[:9].sum() == pytest.approx(3 * weights[9]) and weights.mean() == 1


def test_a_score_that_means_nothing_gives_every_photo_the_rate():
    draw = np.random.default_rng(0)
    scores, relevant = draw.normal(size=(2000, 1)), draw.random((2000, 1)) < 0.3
    fitted = fit_probabilities(scores, relevant, np.arange(2000))
    np.testing.assert_allclose(fitted.probabilities(scores), relevant.mean(), atol=0.05)


def test_higher_scores_are_never_less_likely():
    scores, relevant, _ = draw_photos(60, 3, slope=-1.0)  # a tagger that is worse than chance
    assert (fit_probabilities(scores, relevant, np.arange(60)).slopes >= 0).all()


def test_the_mean_probability_above_a_cut_is_the_wanted_precision():
    probabilities = np.random.default_rng(0).random((40, 3))
    weights = np.random.default_rng(1).random((40, 1)) + 0.5
    cuts = choose_cuts(probabilities, weights)
    for wanted, cut in zip(STEPS, cuts, strict=True):
        reached = {  # every possible cut, by a loop
            one: np.average(probabilities, weights=weights * (probabilities >= one))
            for one in probabilities.ravel()
        }
        low = [one for one, mean in reached.items() if mean >= wanted - 1e-12]
        assert cut == min(low) if low else np.isnan(cut)
    known = cuts[~np.isnan(cuts)]
    assert (np.diff(known) >= 0).all()


def test_equal_probabilities_are_cut_together():
    cuts = choose_cuts(np.array([[0.9, 0.5], [0.5, 0.1]]), np.ones((2, 1)))
    assert cuts[89] == 0.9 and cuts[69] == 0.9  # (0.9 + 0.5) / 2 is 0.7, but 0.5 comes twice
    assert cuts[62] == 0.5 and np.isnan(cuts[90])


def test_a_precision_between_two_steps_is_between_their_cuts():
    scores, relevant, _ = draw_photos(500, 3)
    fitted = fit_probabilities(scores, relevant, np.arange(500))
    cuts = [fitted.cut(precision) for precision in (0.5, 0.505, 0.51)]
    assert cuts == sorted(cuts) and cuts[0] == fitted.cuts[49]
    with pytest.raises(ModelError, match="expected a precision up to"):
        fitted.cut(0.9999)


def test_there_is_nothing_to_fit_without_a_tag():
    assert fit_probabilities(np.zeros((3, 2)), np.zeros((3, 2), bool), np.arange(3)) is None
    assert fit_probabilities(np.zeros((0, 2)), np.zeros((0, 2), bool), np.zeros(0)) is None


def test_photos_of_one_user_share_one_fit():
    scores, relevant, _ = draw_photos(100, 3, spread=3.0)
    assert fit_probabilities(scores, relevant, np.zeros(100)).strength == np.inf


def test_it_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "calibration.safetensors"
    scores, relevant, _ = draw_photos(50, 3)
    fitted = fit_probabilities(scores, relevant, np.arange(50))
    write_probabilities(path, fitted)
    read = read_probabilities(path, 3)
    for name in ("offsets", "slopes", "cuts", "strength", "photos"):
        np.testing.assert_array_equal(getattr(read, name), getattr(fitted, name))
    with pytest.raises(ModelError, match="should calibrate 4 tags"):
        read_probabilities(path, 4)
    write_probabilities(path, None)
    assert read_probabilities(path, 3) is None
