"""Draws: from the right tags, in the right proportions, never what is excluded."""

import pytest
import torch

from phototags.systems.parts.tag_sampling import Urn, among, draw_negatives, draw_positives
from phototags.tags.padding import PADDING

TAGS = torch.tensor([[0, 3, PADDING], [1, PADDING, PADDING], [2, 3, 4]])


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def test_positives_are_drawn_uniformly_from_the_photos_own_tags(generator):
    drawn = draw_positives(TAGS, 30_000, generator)
    for row, tags in enumerate([[0, 3], [1], [2, 3, 4]]):
        assert set(drawn[row].tolist()) == set(tags)
        for tag in tags:
            share = (drawn[row] == tag).double().mean().item()
            assert share == pytest.approx(1 / len(tags), abs=0.01)


def test_tags_are_drawn_in_proportion_to_their_weights(generator):
    weights = torch.tensor([0.0, 1.0, 0.0, 3.0, 6.0, 0.0], dtype=torch.float64)
    drawn = Urn(weights).draw((50_000,), generator)
    shares = torch.bincount(drawn, minlength=6).double() / 50_000
    assert shares.tolist() == pytest.approx([0, 0.1, 0, 0.3, 0.6, 0], abs=0.01)
    assert shares[[0, 2, 5]].tolist() == [0, 0, 0]


def test_a_drawn_tag_is_among_a_row_when_a_loop_finds_it(generator):
    drawn = torch.randint(0, 5, (3, 6), generator=generator)
    expected = [
        [tag in row for tag in own] for own, row in zip(drawn.tolist(), TAGS.tolist(), strict=True)
    ]
    assert among(drawn, TAGS).tolist() == expected


@pytest.mark.parametrize(
    ("exclude", "forbidden"),
    [
        ("sampled", [{0}, {1}, {2}]),
        ("photo", [{0, 3}, {1}, {2, 3, 4}]),
        ("batch", [{0, 1, 2, 3, 4}] * 3),
    ],
)
def test_negatives_keep_their_proportions_among_the_tags_not_excluded(
    exclude, forbidden, generator
):
    weights = torch.tensor([8.0, 4.0, 2.0, 1.0, 1.0, 1.0, 3.0], dtype=torch.float64)
    positives = torch.tensor([[0, 0], [1, 1], [2, 2]])
    drawn, kept = draw_negatives(Urn(weights), TAGS, positives, 20_000, exclude, generator)
    assert kept.float().mean() > 0.999
    for row in range(3):
        allowed = [0.0 if t in forbidden[row] else weights[t].item() for t in range(7)]
        expected = [weight / sum(allowed) for weight in allowed]
        shares = torch.bincount(drawn[row][kept[row]], minlength=7) / kept[row].sum()
        assert shares.tolist() == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("exclude", ["photo", "batch"])
def test_a_photo_with_every_tag_gets_no_negative(exclude, generator):
    tags = torch.tensor([[0, 1, 2]])
    urn = Urn(torch.ones(3, dtype=torch.float64))
    drawn, kept = draw_negatives(urn, tags, tags, 5, exclude, generator)
    assert drawn.shape == kept.shape == (1, 5)
    assert not kept.any()


def test_the_same_seed_draws_the_same_tags():
    urn = Urn(torch.ones(100, dtype=torch.float64))
    first, second = (
        draw_negatives(urn, TAGS, TAGS, 9, "photo", torch.Generator().manual_seed(3))[0]
        for _ in range(2)
    )
    assert first.equal(second)
