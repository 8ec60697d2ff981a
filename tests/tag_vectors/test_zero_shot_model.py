"""The zero-shot model is ridge and whitening as their formulas say, and files are not believed."""

import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from phototags.errors import ModelError
from phototags.io.storage import write_tensors
from phototags.tag_vectors.ridge import decompose, whiten
from phototags.tag_vectors.zero_shot_model import (
    fit_zero_shot,
    read_zero_shot,
    weigh_captions,
    weigh_tags,
    write_zero_shot,
)

GENERATOR = np.random.default_rng(0)
FEATURES = GENERATOR.normal(size=(40, 7)) + 3
RELEVANT = GENERATOR.random((40, 6)) < 0.3
VECTORS = GENERATOR.normal(size=(6, 4)) + 1


def fit(alpha=2.0, power=1.0):
    ridge = decompose(FEATURES)
    return fit_zero_shot(ridge, weigh_tags(RELEVANT), VECTORS, alpha, power, "minilm", "tags")


def test_ridge_solves_the_normal_equations_of_centred_inputs():
    targets = GENERATOR.normal(size=(40, 3))
    centred = FEATURES - FEATURES.mean(0)
    expected = np.linalg.solve(centred.T @ centred + 2 * np.eye(7), centred.T @ targets)
    ridge = decompose(FEATURES)
    assert ridge.solve(targets, 2.0) == pytest.approx(expected)
    predicted = ridge.predict(targets, 2.0, FEATURES[:5])
    assert predicted == pytest.approx(centred[:5] @ expected)


def test_the_mean_of_the_targets_changes_nothing():
    ridge, targets = decompose(FEATURES), GENERATOR.normal(size=(40, 3))
    assert ridge.solve(targets + 9, 2.0) == pytest.approx(ridge.solve(targets, 2.0))


def test_more_features_than_photos_are_fitted_as_well():
    few, targets = FEATURES[:4], GENERATOR.normal(size=(4, 2))
    x, y = few - few.mean(0), targets - targets.mean(0)
    dual = x.T @ np.linalg.solve(x @ x.T + 0.5 * np.eye(4), y)
    assert decompose(few).solve(targets, 0.5) == pytest.approx(dual)


def test_whitening_is_the_inverse_root_of_the_shrunk_covariance():
    centred = VECTORS - VECTORS.mean(0)
    covariance = centred.T @ centred / 6
    shrunk = covariance + np.trace(covariance) / 4 * np.eye(4)
    once = whiten(VECTORS, 1.0)
    assert once @ once @ shrunk == pytest.approx(np.eye(4), abs=1e-9)
    half = whiten(VECTORS, 0.5)
    assert half @ half == pytest.approx(once)
    assert whiten(VECTORS, 0.0) == pytest.approx(np.eye(4))


def test_with_power_one_the_maps_are_eszsl():
    """(X' X + a I)^-1 X' Y S (S' S + b I)^-1: Romera-Paredes & Torr, ICML 2015, equation 7."""
    model, x = fit(alpha=2.0, power=1.0), FEATURES - FEATURES.mean(0)
    s, y = VECTORS - VECTORS.mean(0), weigh_tags(RELEVANT)
    penalty = np.trace(s.T @ s) / 4
    left = np.linalg.inv(x.T @ x + 2 * np.eye(7)) @ x.T @ y @ s
    expected = left @ np.linalg.inv(s.T @ s + penalty * np.eye(4))
    assert 6 * expected == pytest.approx(model.photo_map @ model.text_map.T, rel=1e-4)


def test_scores_are_cosines_in_the_common_space():
    model = fit(power=0.5)
    photo = (FEATURES[3] - FEATURES.mean(0)) @ model.photo_map
    text = (VECTORS[2] - VECTORS.mean(0)) @ model.text_map
    cosine = photo @ text / math.sqrt((photo @ photo) * (text @ text))
    assert model.score(FEATURES, VECTORS)[3, 2] == pytest.approx(cosine, rel=1e-4)


def test_a_text_without_a_known_word_fits_no_photo():
    placed = fit().place_texts(np.stack([np.zeros(4), VECTORS[0]]))
    assert not placed[0].any() and np.linalg.norm(placed[1]) == pytest.approx(1)


def test_tags_weigh_the_inverse_root_of_their_counts_and_unused_ones_nothing():
    relevant = np.zeros((9, 3), bool)
    relevant[:9, 0] = relevant[:4, 1] = True
    assert weigh_tags(relevant)[0] == pytest.approx([1 / 3, 1 / 2, 0])


def test_captions_are_averaged_photo_by_photo():
    vectors = np.array([[1.0], [3.0], [7.0]])
    assert (weigh_captions(np.array([1, 1, 0]), 2) @ vectors).tolist() == [[7.0], [2.0]]


def test_a_model_comes_back_as_it_was_written(tmp_path):
    model = fit()
    for name in "ab":
        write_zero_shot(model, tmp_path / name)
    back = read_zero_shot(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (back.encoder, back.source, back.cut) == ("minilm", "tags", -1.0)
    assert (back.score(FEATURES, VECTORS) == model.score(FEATURES, VECTORS)).all()


def write_changed(path, tensors=(), **about):
    write_zero_shot(fit(), path)
    content = load_file(path) | dict(tensors)
    kept = {name: tensor for name, tensor in content.items() if tensor is not None}
    write_tensors(path, kept, {"encoder": "minilm", "source": "tags", "cut": 0.2} | about)


@pytest.mark.parametrize(
    "tensors",
    [
        {"photo_map": None},
        {"photo_map": torch.zeros(7)},
        {"photo_map": torch.zeros(8, 4)},
        {"text_map": torch.zeros(4, 5)},
        {"text_mean": torch.zeros(4, dtype=torch.float64)},
        {"photo_mean": torch.full((7,), torch.nan)},
    ],
)
def test_tensors_that_do_not_fit_are_refused(tmp_path, tensors):
    write_changed(tmp_path / "model", tensors)
    with pytest.raises(ModelError, match="make results"):
        read_zero_shot(tmp_path / "model")


@pytest.mark.parametrize(
    "about",
    [{"encoder": "bert"}, {"source": "rumours"}, {"cut": "low"}, {"cut": 3.0}, {"more": 1},
     {"cut": float("nan")}],
)  # fmt: skip
def test_settings_that_are_not_ours_are_refused(tmp_path, about):
    write_changed(tmp_path / "model", **about)
    with pytest.raises(ModelError, match="make results"):
        read_zero_shot(tmp_path / "model")


def test_a_damaged_or_missing_file_is_refused(tmp_path):
    (tmp_path / "damaged").write_bytes(b"\x80\x04K\x01.")
    for name in ("damaged", "missing"):
        with pytest.raises(ModelError, match="make results"):
            read_zero_shot(tmp_path / name)
