"""How often photos and tags are shown, against loops and long-run shares."""

import pytest
import torch

from phototags.systems.parts.photo_sampling import (
    corrupt_tags,
    keep_probabilities,
    move_padding_last,
    repeat_factors,
    sample_balanced,
    sample_repeated,
    subsample_tags,
)
from phototags.tags.padding import PADDING

TAGS = torch.tensor([[0, PADDING], [0, 1], [2, 1], [0, PADDING]])
RATES = torch.tensor([0.75, 0.5, 0.25])


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def test_a_photo_is_repeated_as_its_rarest_tag_asks():
    expected = []
    for row in TAGS.tolist():
        factors = [max(1.0, (0.9 / RATES[t].item()) ** 0.5) for t in row if t != PADDING]
        expected.append(max(factors))
    assert repeat_factors(TAGS, RATES, 0.9).tolist() == pytest.approx(expected)


def test_threshold_zero_shows_every_photo_once(generator):
    shown = sample_repeated(repeat_factors(TAGS, RATES, 0.0), generator)
    assert sorted(shown.tolist()) == [0, 1, 2, 3]


def test_fractions_are_kept_in_the_long_run(generator):
    factors = torch.tensor([1.0, 2.3, 1.5])
    times = torch.zeros(3)
    for _ in range(4000):
        times += torch.bincount(sample_repeated(factors, generator), minlength=3)
    assert (times / 4000).tolist() == pytest.approx([1, 2.3, 1.5], abs=0.03)


def test_balanced_draws_show_every_tag_equally_often(generator):
    many = TAGS.repeat(10_000, 1)
    photos, drawn_for = sample_balanced(many, 3, generator)
    assert (torch.bincount(drawn_for) / len(many)).tolist() == pytest.approx([1 / 3] * 3, abs=0.01)
    shown = many[photos]
    assert (shown == drawn_for[:, None]).any(1).all()
    # tag 0 is alone on half of its draws' photos, and comes along with tag 1 on others
    expected = {0: 0.0, 1: 0.0, 2: 0.0}
    for tag in range(3):
        owners = [row for row in TAGS.tolist() if tag in row]
        for row in owners:
            for other in row:
                if other != PADDING:
                    expected[other] += 1 / 3 / len(owners)
    for tag, share in expected.items():
        assert (shown == tag).any(1).float().mean().item() == pytest.approx(share, abs=0.01)


def test_subsampling_keeps_tags_by_their_chance_and_moves_them_to_the_front(generator):
    probabilities = torch.tensor([0.0, 0.3, 1.0])
    left = subsample_tags(TAGS.repeat(20_000, 1), probabilities, generator)
    assert not (left == 0).any()
    assert (left == 2).any(1).float().mean().item() == pytest.approx(0.25)
    assert (left == 1).any(1).float().mean().item() == pytest.approx(0.3 / 2, abs=0.01)
    assert not ((left[:, 0] == PADDING) & (left[:, 1] != PADDING)).any()


def test_tags_rarer_than_nothing_are_always_kept_and_common_ones_never():
    assert keep_probabilities(torch.tensor([0.0, 0.005, 0.02]), 0.01).tolist() == [1, 0.5, 0]


def test_noise_replaces_its_share_of_tags(generator):
    tags = torch.zeros(40_000, 1, dtype=torch.int64)
    weights = torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64)
    shares = torch.bincount(corrupt_tags(tags, 0.25, weights, generator)[:, 0]) / 40_000
    assert shares.tolist() == pytest.approx([0.75, 0.0625, 0.1875], abs=0.01)


def test_noise_of_nothing_changes_nothing_and_never_doubles_a_tag(generator):
    weights = torch.ones(3, dtype=torch.float64)
    assert corrupt_tags(TAGS, 0.0, weights, generator).equal(TAGS)
    drawn = corrupt_tags(TAGS.repeat(1000, 1), 1.0, weights, generator)
    assert not ((drawn[:, 0] == drawn[:, 1]) & (drawn[:, 0] != PADDING)).any()
    assert (drawn[:, 0] != PADDING).all()


def test_packing_equals_a_loop():
    tags = torch.tensor([[PADDING, 4, PADDING], [1, PADDING, 2], [7, 8, 9]])
    expected = []
    for row in tags.tolist():
        kept = [t for t in row if t != PADDING]
        expected.append(kept + [PADDING] * (3 - len(kept)))
    assert move_padding_last(tags).tolist() == expected
