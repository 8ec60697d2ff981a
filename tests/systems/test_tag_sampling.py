"""Sampled tags: from the right tags, in the right proportions, never what is excluded."""

import pytest
import torch

from phototags.systems.parts.tag_sampling import (
    CategoricalSampler,
    contains,
    sample_negatives,
    sample_positives,
)
from phototags.tags.padding import PADDING

TAGS = torch.tensor([[0, 3, PADDING], [1, PADDING, PADDING], [2, 3, 4]])


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def test_positives_are_sampled_uniformly_from_the_photos_own_tags(generator):
    sampled = sample_positives(TAGS, 30_000, generator)
    for row, tags in enumerate([[0, 3], [1], [2, 3, 4]]):
        assert set(sampled[row].tolist()) == set(tags)
        for tag in tags:
            share = (sampled[row] == tag).double().mean().item()
            assert share == pytest.approx(1 / len(tags), abs=0.01)


def test_tags_are_sampled_in_proportion_to_their_weights(generator):
    weights = torch.tensor([0.0, 1.0, 0.0, 3.0, 6.0, 0.0], dtype=torch.float64)
    sampled = CategoricalSampler(weights).sample((50_000,), generator)
    shares = torch.bincount(sampled, minlength=6).double() / 50_000
    assert shares.tolist() == pytest.approx([0, 0.1, 0, 0.3, 0.6, 0], abs=0.01)
    assert shares[[0, 2, 5]].tolist() == [0, 0, 0]


def test_a_row_contains_a_tag_when_a_loop_finds_it(generator):
    sampled = torch.randint(0, 5, (3, 6), generator=generator)
    expected = [
        [tag in row for tag in own]
        for own, row in zip(sampled.tolist(), TAGS.tolist(), strict=True)
    ]
    assert contains(TAGS, sampled).tolist() == expected


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
    negatives, valid = sample_negatives(
        CategoricalSampler(weights), TAGS, positives, 20_000, exclude, generator
    )
    assert valid.float().mean() > 0.999
    for row in range(3):
        allowed = [0.0 if t in forbidden[row] else weights[t].item() for t in range(7)]
        expected = [weight / sum(allowed) for weight in allowed]
        shares = torch.bincount(negatives[row][valid[row]], minlength=7) / valid[row].sum()
        assert shares.tolist() == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("exclude", ["photo", "batch"])
def test_a_photo_with_every_tag_gets_no_negative(exclude, generator):
    tags = torch.tensor([[0, 1, 2]])
    sampler = CategoricalSampler(torch.ones(3, dtype=torch.float64))
    negatives, valid = sample_negatives(sampler, tags, tags, 5, exclude, generator)
    assert negatives.shape == valid.shape == (1, 5)
    assert not valid.any()


def test_the_same_seed_samples_the_same_tags():
    sampler = CategoricalSampler(torch.ones(100, dtype=torch.float64))
    first, second = (
        sample_negatives(sampler, TAGS, TAGS, 9, "photo", torch.Generator().manual_seed(3))[0]
        for _ in range(2)
    )
    assert first.equal(second)
