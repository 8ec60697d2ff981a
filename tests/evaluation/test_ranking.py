"""Each metric of a ranking against a loop over its definition and over all orders of ties."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from phototags.evaluation.metrics.ranking import (
    average_precision,
    hit_rate_at,
    mean_average_precision,
    precision_at,
    rank,
    recall_at,
)

EXACT = 2e-15


def orders(scores):
    """Every order of one row's items in which higher scores come first."""
    ties = [
        [item for item, score in enumerate(scores) if score == value]
        for value in sorted(set(scores), reverse=True)
    ]
    for parts in itertools.product(*map(itertools.permutations, ties)):
        yield list(itertools.chain(*parts))


def expect(metric, scores, relevant):
    """The mean of a metric of a list of hits over all orders of ties."""
    values = [metric([bool(relevant[item]) for item in order]) for order in orders(scores)]
    return math.fsum(values) / len(values)


def slow_average_precision(hits):
    precisions = [sum(hits[: place + 1]) / (place + 1) for place in range(len(hits)) if hits[place]]
    return sum(precisions) / len(precisions) if precisions else 0.0


@pytest.fixture
def tied():
    """(40, 7) scores of four values only, so that every row has ties; photo 3 has no tag."""
    generator = np.random.default_rng(7)
    scores = generator.integers(0, 4, (40, 7)).astype(np.float32)
    scores[scores == 0] = -np.inf
    relevant = generator.random((40, 7)) < 0.4
    relevant[3] = False
    return scores, relevant


@pytest.mark.parametrize("k", [1, 2, 3, 5, 10])
def test_metrics_at_k_are_means_over_all_orders_of_ties(tied, k):
    ranking = rank(*tied)
    found = precision_at(ranking, k), recall_at(ranking, k), hit_rate_at(ranking, k)
    for photo, (scores, relevant) in enumerate(zip(*tied, strict=True)):
        expected = (
            expect(lambda hits: sum(hits[:k]) / k, scores, relevant),
            expect(lambda hits: sum(hits[:k]) / max(sum(hits), 1), scores, relevant),
            expect(lambda hits: float(any(hits[:k])), scores, relevant),
        )
        assert [values[photo] for values in found] == pytest.approx(expected, abs=EXACT, rel=0)


def test_average_precision_is_the_mean_over_all_orders_of_ties(tied):
    expected = [expect(slow_average_precision, *row) for row in zip(*tied, strict=True)]
    assert average_precision(rank(*tied)) == pytest.approx(expected, abs=EXACT, rel=0)


def test_a_photo_without_tags_has_no_hit_and_is_no_error(tied):
    ranking = rank(*tied)
    for values in (precision_at(ranking, 5), recall_at(ranking, 5), hit_rate_at(ranking, 5)):
        assert values[3] == 0
    assert average_precision(ranking)[3] == 0


def test_map_is_the_mean_over_tags_with_a_photo(tied):
    scores, relevant = (part[:8] for part in tied)
    relevant[:, 5] = False
    tags = [tag for tag in range(7) if tag != 5]
    expected = np.mean(
        [expect(slow_average_precision, scores[:, tag], relevant[:, tag]) for tag in tags]
    )
    assert mean_average_precision(scores, relevant) == pytest.approx(expected, abs=EXACT, rel=0)


def test_without_ties_average_precision_is_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    scores, relevant = generator.random((30, 9)), generator.random((30, 9)) < 0.3
    relevant[0] = True
    expected = np.mean([average_precision_score(relevant[:, t], scores[:, t]) for t in range(9)])
    assert mean_average_precision(scores, relevant) == pytest.approx(expected, abs=EXACT)


def test_a_constant_scorer_has_the_map_of_random_ones():
    generator = np.random.default_rng(1)
    relevant = generator.random((20, 30)) < 0.2
    relevant[0] = True
    constant = mean_average_precision(np.ones(relevant.shape), relevant)
    others = [mean_average_precision(generator.random((20, 30)), relevant) for _ in range(2000)]
    error = np.std(others) / math.sqrt(len(others))
    assert constant == pytest.approx(np.mean(others), abs=4 * error)


def test_the_perfect_score_is_one():
    relevant = np.eye(4, dtype=bool)
    ranking = rank(relevant.astype(float), relevant)
    for values in (precision_at(ranking, 1), recall_at(ranking, 1), hit_rate_at(ranking, 1)):
        assert values.tolist() == [1] * 4
    assert mean_average_precision(relevant.astype(float), relevant) == 1


def test_map_without_any_relevant_tag_is_zero():
    assert mean_average_precision(np.zeros((3, 2)), np.zeros((3, 2), dtype=bool)) == 0


def test_torch_tensors_give_the_values_of_arrays(tied):
    scores, relevant = tied
    tensors = torch.from_numpy(scores), torch.from_numpy(relevant)
    assert mean_average_precision(*tensors) == mean_average_precision(scores, relevant)


def test_a_score_of_minus_infinity_ranks_last():
    assert average_precision(rank([[-np.inf, 0.0]], [[True, False]])).tolist() == [0.5]


def test_nan_scores_are_refused():
    with pytest.raises(ValueError, match="1 of 2 scores are NaN"):
        rank([[np.nan, 0.0]], [[False, True]])


def test_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(1, 2\), \(1, 3\)"):
        rank(np.zeros((1, 2)), np.zeros((1, 3), dtype=bool))


@settings(max_examples=50)
@given(st.data())
def test_raising_the_score_of_a_relevant_tag_never_lowers_average_precision(data):
    scores = np.array([data.draw(st.lists(st.integers(0, 3), min_size=6, max_size=6))], float)
    relevant = np.array([data.draw(st.lists(st.booleans(), min_size=6, max_size=6))])
    before = average_precision(rank(scores, relevant))[0]
    raised = scores + relevant * np.eye(6)[data.draw(st.integers(0, 5))]
    assert average_precision(rank(raised, relevant))[0] >= before - 1e-12
