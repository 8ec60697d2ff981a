"""Thresholds of best F1 against a loop over every score."""

import numpy as np
import pytest

from phototags.evaluation.metrics.per_tag import best_f1_thresholds


def f1_at(threshold: float, scores: np.ndarray, relevant: np.ndarray) -> float:
    said = scores >= threshold
    right = (said & relevant).sum()
    return 2 * right / (said.sum() + relevant.sum())


@pytest.mark.parametrize("seed", range(5))
def test_no_other_score_gives_a_better_f1(seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 9, (30, 6)) / 8  # with ties
    relevant = rng.random((30, 6)) < 0.3
    relevant[0] = True
    for tag, threshold in enumerate(best_f1_thresholds(scores, relevant)):
        column = scores[:, tag], relevant[:, tag]
        by_loop = {value: f1_at(value, *column) for value in scores[:, tag]}
        assert by_loop[threshold] == pytest.approx(max(by_loop.values()))
        better = [value for value, f1 in by_loop.items() if f1 > by_loop[threshold] - 1e-12]
        assert threshold == max(better)


def test_a_perfect_tag_is_cut_at_its_last_photo():
    assert best_f1_thresholds(np.array([[3.0], [2.0], [1.0]]), np.array([[1], [1], [0]]) > 0) == [
        2.0
    ]


def test_a_tag_of_no_photo_has_no_threshold():
    assert np.isnan(best_f1_thresholds(np.zeros((4, 1)), np.zeros((4, 1), bool))).all()
    assert np.isnan(best_f1_thresholds(np.zeros((0, 2)), np.zeros((0, 2), bool))).all()
