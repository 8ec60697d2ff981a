"""Doubted photos count as errors, and no scores of theirs could give less."""

import numpy as np
import pytest

from phototags.evaluation.metrics.all_metrics import (
    BOUNDED,
    SUFFIX,
    compute_lower_bounds,
    compute_metrics,
)
from phototags.evaluation.metrics.resamples import Resamples, draw_resamples


@pytest.fixture
def judged():
    generator = np.random.default_rng(5)
    relevant = generator.random((12, 15)) < 0.2
    relevant[np.arange(12), np.arange(12)] = True
    return generator.random((12, 15)), relevant, draw_resamples(np.arange(12), 20, seed=1)


def table(measured):
    return {(one.metric, one.k): one for one in measured}


def test_without_doubt_the_bound_is_the_score(judged):
    measured = compute_metrics(*judged)
    bounds = table(compute_lower_bounds(*judged, np.zeros(12, bool), measured))
    scores = table(measured)
    assert set(bounds) == {(metric + SUFFIX, k) for metric, k in BOUNDED}
    for metric, k in BOUNDED:
        assert bounds[metric + SUFFIX, k].value == scores[metric, k].value
        assert (bounds[metric + SUFFIX, k].replicates == scores[metric, k].replicates).all()


def test_doubted_photos_add_nothing_to_means_over_photos(judged):
    scores, relevant, resamples = judged
    doubted = np.arange(12) < 5
    bounds = table(compute_lower_bounds(*judged, doubted, compute_metrics(*judged)))
    others = Resamples(resamples.weights[:, 5:], resamples.spread)
    rest = table(compute_metrics(scores[5:], relevant[5:], others))
    for metric, k in (("precision", 1), ("precision", 5), ("recall", 5)):
        assert bounds[metric + SUFFIX, k].value == pytest.approx(rest[metric, k].value * 7 / 12)


def test_no_other_scores_of_the_doubted_give_less(judged):
    scores, relevant, resamples = judged
    doubted = np.arange(12) < 5
    bounds = table(compute_lower_bounds(*judged, doubted, compute_metrics(*judged)))
    generator = np.random.default_rng(6)
    for scale in (0.1, 1, 10, 10, 10):
        other = scores.copy()
        other[doubted] = generator.normal(0, scale, (5, 15))
        found = table(compute_metrics(other, relevant, resamples))
        for metric, k in BOUNDED:
            assert bounds[metric + SUFFIX, k].value <= found[metric, k].value + 1e-12
