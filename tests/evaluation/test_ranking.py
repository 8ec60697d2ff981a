"""Each metric of a ranking against a loop over its definition."""

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
    pessimistic_order,
    precision_at,
    recall_at,
    sorted_hits,
    top_k_mask,
)


def slow_order(scores, relevant):
    """One row's places by Python's sort of (score down, irrelevant first, index)."""
    return sorted(range(len(scores)), key=lambda tag: (-scores[tag], relevant[tag], tag))


def slow_average_precision(scores, relevant):
    precisions, found = [], 0
    for place, tag in enumerate(slow_order(scores, relevant), start=1):
        if relevant[tag]:
            found += 1
            precisions.append(found / place)
    return sum(precisions) / len(precisions) if precisions else 0.0


@pytest.fixture
def tied():
    """(40, 12) scores of four values only, so that every row has ties; photo 3 has no tag."""
    generator = np.random.default_rng(7)
    scores = generator.integers(0, 4, (40, 12)).astype(np.float32)
    relevant = generator.random((40, 12)) < 0.25
    relevant[3] = False
    return scores, relevant


def test_the_order_is_that_of_a_python_sort(tied):
    scores, relevant = tied
    order = pessimistic_order(scores, relevant)
    for photo in range(len(scores)):
        assert order[photo].tolist() == slow_order(scores[photo], relevant[photo])


def test_among_equal_scores_the_relevant_come_last():
    assert sorted_hits([[1, 1, 1, 1]], [[True, False, True, False]]).tolist() == [
        [False, False, True, True]
    ]


@pytest.mark.parametrize("k", [1, 5, 10, 20])
def test_metrics_at_k_equal_a_loop(tied, k):
    scores, relevant = tied
    hits = sorted_hits(scores, relevant)
    first = top_k_mask(scores, relevant, k)
    for photo in range(len(scores)):
        kept = slow_order(scores[photo], relevant[photo])[:k]
        found = sum(relevant[photo][tag] for tag in kept)
        assert sorted(np.flatnonzero(first[photo])) == sorted(kept)
        assert precision_at(hits, k)[photo] == found / k
        assert recall_at(hits, k)[photo] == found / max(relevant[photo].sum(), 1)
        assert hit_rate_at(hits, k)[photo] == (found > 0)


def test_average_precision_equals_a_loop(tied):
    scores, relevant = tied
    expected = [slow_average_precision(*row) for row in zip(scores, relevant, strict=True)]
    assert average_precision(sorted_hits(scores, relevant)) == pytest.approx(expected)


def test_a_photo_without_tags_has_no_hit_and_is_no_error(tied):
    hits = sorted_hits(*tied)
    for values in (precision_at(hits, 5), recall_at(hits, 5), hit_rate_at(hits, 5)):
        assert values[3] == 0
    assert average_precision(hits)[3] == 0


def test_map_is_the_mean_over_tags_with_a_photo(tied):
    scores, relevant = tied
    relevant[:, 5] = False
    tags = [tag for tag in range(12) if tag != 5]
    expected = np.mean([slow_average_precision(scores[:, t], relevant[:, t]) for t in tags])
    assert mean_average_precision(scores, relevant) == pytest.approx(expected)


def test_without_ties_average_precision_is_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    scores, relevant = generator.random((30, 9)), generator.random((30, 9)) < 0.3
    relevant[0] = True
    expected = np.mean([average_precision_score(relevant[:, t], scores[:, t]) for t in range(9)])
    assert mean_average_precision(scores, relevant) == pytest.approx(expected)


def test_with_ties_map_is_at_most_that_of_scikit_learn(tied):
    scores, relevant = tied
    tags = np.flatnonzero(relevant.any(axis=0))
    optimistic = np.mean([average_precision_score(relevant[:, t], scores[:, t]) for t in tags])
    assert mean_average_precision(scores, relevant) < optimistic


def test_the_perfect_score_is_one():
    relevant = np.eye(4, dtype=bool)
    hits = sorted_hits(relevant.astype(float), relevant)
    for values in (precision_at(hits, 1), recall_at(hits, 1), hit_rate_at(hits, 1)):
        assert values.tolist() == [1] * 4
    assert mean_average_precision(relevant.astype(float), relevant) == 1


def test_map_without_any_relevant_tag_is_zero():
    assert mean_average_precision(np.zeros((3, 2)), np.zeros((3, 2), dtype=bool)) == 0


def test_torch_tensors_give_the_values_of_arrays(tied):
    scores, relevant = tied
    tensors = torch.from_numpy(scores), torch.from_numpy(relevant)
    assert mean_average_precision(*tensors) == mean_average_precision(scores, relevant)


def test_a_score_of_minus_infinity_ranks_last():
    assert pessimistic_order([[-np.inf, 0.0]], [[False, True]]).tolist() == [[1, 0]]


def test_nan_scores_are_refused():
    with pytest.raises(ValueError, match="1 of 2 scores are NaN"):
        pessimistic_order([[np.nan, 0.0]], [[False, True]])


def test_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(1, 2\), \(1, 3\)"):
        pessimistic_order(np.zeros((1, 2)), np.zeros((1, 3), dtype=bool))


@settings(max_examples=50)
@given(st.data())
def test_raising_the_score_of_a_relevant_tag_never_lowers_average_precision(data):
    scores = np.array([data.draw(st.lists(st.integers(0, 3), min_size=6, max_size=6))], float)
    relevant = np.array([data.draw(st.lists(st.booleans(), min_size=6, max_size=6))])
    before = average_precision(sorted_hits(scores, relevant))[0]
    raised = scores + relevant * np.eye(6)[data.draw(st.integers(0, 5))]
    assert average_precision(sorted_hits(raised, relevant))[0] >= before - 1e-12
