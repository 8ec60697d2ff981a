"""Calibrated probabilities equal a regression written as a loop, and match the tags' rates."""

import math

import pytest
import torch

from phototags.systems.parts.calibration import Calibration, fit_calibration


@pytest.fixture(scope="module")
def seen():
    """3,000 photos, 4 tags from rare to common; a photo's score says how likely it has the tag."""
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(3000, 4, generator=generator)
    odds = torch.tensor([-4.0, -2.0, -1.0, 0.0]) + 1.5 * scores
    return scores, torch.rand(3000, 4, generator=generator) < odds.sigmoid()


def slow_probability(calibration, tag, score):
    rate, mean, spread = (float(part[tag]) for part in calibration[:3])
    odds = math.log(rate / (1 - rate))
    away = math.asinh((score - mean) / spread)
    inputs = [1, odds, away, away * away, away * odds, score]
    total = sum(w * value for w, value in zip(calibration.weights.tolist(), inputs, strict=True))
    return 1 / (1 + math.exp(-total))


def test_chances_equal_the_sum_written_out(seen):
    calibration = fit_calibration(*seen)
    given = calibration.probabilities(seen[0][:5])
    for photo in range(5):
        for tag in range(4):
            expected = slow_probability(calibration, tag, float(seen[0][photo, tag]))
            assert float(given[photo, tag]) == pytest.approx(expected, abs=1e-5)


def test_at_the_end_no_fact_could_explain_more(seen):
    """The gradient of the likelihood, by autograd, is nothing but the trace of weight decay."""
    scores, relevant = seen
    calibration = fit_calibration(scores, relevant)
    weights = calibration.weights.clone().requires_grad_(True)
    logits = calibration.inputs(scores) @ weights
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, relevant.double(), reduction="sum"
    )
    loss.backward()
    assert (weights.grad + 1e-3 * weights.detach()).abs().max() < 1e-2 * len(scores) ** 0.5


def test_of_photos_said_to_have_a_tag_with_some_chance_that_share_has_it(seen):
    scores, relevant = seen
    given = fit_calibration(scores, relevant).probabilities(scores)
    assert float(given.sum()) == pytest.approx(float(relevant.sum()), rel=1e-3)
    for low in (0.1, 0.3, 0.5, 0.7):
        near = (given >= low) & (given < low + 0.2)
        assert float(given[near].mean()) == pytest.approx(
            float(relevant[near].double().mean()), abs=0.06
        )


def test_chunks_change_nothing(seen, monkeypatch):
    whole = fit_calibration(*seen).weights
    monkeypatch.setattr("phototags.systems.parts.calibration.MAX_PAIRS", 100)
    torch.testing.assert_close(fit_calibration(*seen).weights, whole)


def test_scores_that_say_nothing_leave_each_tag_its_rate():
    relevant = torch.zeros(100, 2, dtype=torch.bool)
    relevant[:30, 0] = relevant[:2, 1] = True
    calibration = fit_calibration(torch.zeros(100, 2), relevant)
    assert isinstance(calibration, Calibration)
    assert calibration.probabilities(torch.zeros(1, 2))[0].tolist() == pytest.approx(
        [0.3, 0.02], abs=0.005
    )
