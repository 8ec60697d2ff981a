"""Targets of the regressions, against loops."""

import torch
from torch.testing import assert_close

from phototags.systems.parts.targets import neighbour_targets, sum_tag_vectors


def table(rows: int = 6, width: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(rows, width, generator=generator, dtype=torch.float64)


def test_the_target_is_the_sum_of_the_tags_vectors():
    tags = torch.tensor([[1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]], dtype=torch.bool)
    vectors = table()
    assert_close(
        sum_tag_vectors(tags, vectors), torch.stack([vectors[0] + vectors[2], torch.zeros(4)])
    )


def test_neighbours_equal_a_slow_loop():
    vectors = table()
    rows = neighbour_targets(vectors, top=2)
    lengths = vectors.norm(dim=1)
    for tag in range(6):
        near = [
            (vectors[tag] @ vectors[other] / lengths[tag] / lengths[other]).item()
            for other in range(6)
        ]
        best = sorted(range(6), key=lambda other: -near[other])[:2]
        length = sum(near[other] ** 2 for other in best) ** 0.5
        expected = [near[other] / length if other in best else 0.0 for other in range(6)]
        assert_close(rows[tag], torch.tensor(expected, dtype=torch.float64))


def test_a_tag_is_among_its_own_neighbours_however_long_the_vectors_of_others_are():
    vectors = table() * torch.tensor([1.0, 100.0, 1.0, 50.0, 1.0, 0.1])[:, None]
    rows = neighbour_targets(vectors, top=2)
    assert (rows.diagonal() > 0).all()
    assert rows.argmax(1).tolist() == list(range(6))
