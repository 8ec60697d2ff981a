"""Targets of the regressions and the transport of unseen tags, against loops and algebra."""

import torch
from torch.testing import assert_close

from phototags.taggers.targets import spread_to_neighbours, summed, transported


def table(rows: int = 6, width: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(rows, width, generator=generator, dtype=torch.float64)


def test_the_target_is_the_sum_of_the_tags_vectors():
    tags = torch.tensor([[1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]], dtype=torch.bool)
    vectors = table()
    assert_close(summed(tags, vectors), torch.stack([vectors[0] + vectors[2], torch.zeros(4)]))


def test_neighbours_equal_a_slow_loop():
    vectors = table()
    rows = spread_to_neighbours(vectors, top=2)
    for tag in range(6):
        near = [(vectors[tag] @ vectors[other]).item() for other in range(6)]
        best = sorted(range(6), key=lambda other: -near[other])[:2]
        length = sum(near[other] ** 2 for other in best) ** 0.5
        expected = [near[other] / length if other in best else 0.0 for other in range(6)]
        assert_close(rows[tag], torch.tensor(expected, dtype=torch.float64))


def test_transport_follows_a_rotation_of_the_known_tags():
    before = table()
    turn, _ = torch.linalg.qr(table(4, 4))
    unknown = table(3, 4)
    moved = transported(before, before @ turn, unknown, share=1.0)
    assert_close(moved, unknown @ turn)


def test_transport_only_shrinks_when_nothing_moved():
    before, unknown = table(), table(2, 4)
    assert_close(transported(before, before, unknown, share=0.2), 0.2 * unknown)


def test_transport_is_the_least_squares_agreement_with_the_known_tags():
    before, after, unknown = table(), table().flip(0), table(1, 4)
    moved = transported(before, after, unknown, share=1.0)[0]
    agreement = before @ unknown[0]
    expected = torch.linalg.solve(after.T @ after, after.T @ agreement)
    assert_close(moved, expected)
