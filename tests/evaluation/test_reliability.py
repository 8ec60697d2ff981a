"""Calibration error and reliability curve, against a loop and by algebra."""

import numpy as np
import pytest

from phototags.evaluation.metrics.reliability import measure_reliability


def error_by_loop(probabilities, outcomes, bins):
    error = 0.0
    for number in range(bins):
        inside = [
            (p, y)
            for p, y in zip(probabilities, outcomes, strict=True)
            if number <= p * bins < number + 1 or (p == 1 and number == bins - 1)
        ]
        if inside:
            predicted = sum(p for p, _ in inside) / len(inside)
            observed = sum(y for _, y in inside) / len(inside)
            error += len(inside) / len(probabilities) * abs(predicted - observed)
    return error


@pytest.mark.parametrize("bins", [1, 4, 15])
def test_the_error_is_that_of_a_loop_over_bins(bins):
    draw = np.random.default_rng(bins)
    probabilities = np.append(draw.random(200), [0.0, 1.0, 0.25])
    outcomes = draw.random(203) < 0.4
    measured = measure_reliability(probabilities.reshape(7, 29), outcomes.reshape(7, 29), bins)
    expected = error_by_loop(probabilities.tolist(), outcomes.tolist(), bins)
    assert measured.calibration_error == pytest.approx(expected)
    assert measured.pairs.sum() == 203


def test_certain_and_right_is_perfect_and_certain_and_wrong_is_worst():
    outcomes = np.array([True, False, True])
    assert measure_reliability(outcomes.astype(float), outcomes).calibration_error == 0
    assert measure_reliability(1.0 - outcomes, outcomes).calibration_error == 1


def test_without_a_pair_there_is_no_error():
    assert np.isnan(measure_reliability(np.zeros(0), np.zeros(0, bool)).calibration_error)
