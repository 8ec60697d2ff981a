"""The nearest vectors are those of an exhaustive loop, of equal ones the earlier first."""

import numpy as np
import pytest
import torch

from phototags.search import nearest
from phototags.search.nearest import find_all_nearest, find_nearest


def slow_nearest(vectors, query, top):
    scores = [sum(a * b for a, b in zip(row, query, strict=True)) for row in vectors.tolist()]
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return [(place, scores[place]) for place in order[:top]]


@pytest.mark.parametrize("top", [1, 3, 10, 99])
def test_the_nearest_are_those_of_the_loop_ties_included(top):
    vectors = torch.randint(-2, 3, (40, 3), generator=torch.Generator().manual_seed(0)).float()
    query = torch.tensor([1.0, -2.0, 0.5])
    assert find_nearest(vectors.numpy(), query.numpy(), top) == slow_nearest(
        vectors, query.tolist(), top
    )


@pytest.mark.parametrize("count", [5, 41, 1001])
def test_equal_photos_are_found_in_their_order(count):
    """A BLAS product adds some rows in another order, so that equal ones differ in the last bit."""
    generator = torch.Generator().manual_seed(count)
    row, query = torch.randn(2, 50, generator=generator).numpy()
    found = find_nearest(np.tile(row, (count, 1)), query, 4)
    assert [place for place, _ in found] == [0, 1, 2, 3] and len({score for _, score in found}) == 1


def test_nothing_is_found_among_nothing():
    assert find_nearest(np.zeros((0, 3)), np.ones(3), 5) == []
    assert find_all_nearest(np.ones((4, 3)), np.zeros((0, 3)), 5) == []


@pytest.mark.parametrize("count, top", [(1, 1), (700, 5), (1300, 20), (1300, 1300), (40, 99)])
@pytest.mark.parametrize("block", [1, 3000])
def test_many_queries_find_what_each_finds_alone_in_a_loop(monkeypatch, count, top, block):
    """Over several blocks of rows, whole groups and rests; some rows stand several times."""
    monkeypatch.setattr(nearest, "SCORES", block)
    rng = np.random.default_rng(count)
    vectors = rng.integers(-3, 4, (count, 4)).astype(np.float32)
    queries = rng.integers(-3, 4, (7, 4)).astype(np.float32)
    found = find_all_nearest(vectors, queries, top)
    assert found == [slow_nearest(vectors, query.tolist(), top) for query in queries]


def test_scores_that_float32_cannot_tell_apart_are_ordered_by_float64():
    """Terms that cancel leave float32 an error as large as the scores: 1e4 * 2**-24 is 6e-4."""
    rng = np.random.default_rng(1)
    large = (1e4 * rng.standard_normal((2000, 8))).astype(np.float32)
    small = rng.permutation(2000).astype(np.float32)[:, None] * 1e-6
    vectors = np.concatenate([large, -large, small], axis=1)
    found = find_nearest(vectors, np.ones(17, np.float32), 10)
    assert [place for place, _ in found] == np.argsort(-small[:, 0])[:10].tolist()
