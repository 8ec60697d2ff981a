"""Gains equal exact sums over Poisson counts, and give a better F1 than probabilities do."""

import math

import pytest
import torch

from phototags.systems.parts.expected_f1 import Gains, count_given, expected_share, fit_gains


@pytest.mark.parametrize("others", [0.01, 0.5, 3.0, 40.0])
def test_the_expected_share_is_the_sum_over_poisson_counts(others):
    chance, total = math.exp(-others), 0.0
    for count in range(400):
        total += chance / (1 + count)
        chance *= others / (count + 1)
    assert float(expected_share(torch.tensor(others))) == pytest.approx(total, rel=1e-5)


def test_without_others_a_tag_is_shared_with_nobody():
    assert float(expected_share(torch.tensor(0.0))) == 1


def test_a_gain_is_worth_times_chance_less_cost():
    gains = Gains(torch.tensor([2.0, 1.0]), torch.tensor([0.5, 0.0]))
    assert gains.scores(torch.tensor([[0.5, 0.25]])).tolist() == [[0.5, 0.25]]


@pytest.fixture(scope="module")
def crowd():
    """2,000 photos and 40 tags, each rarer than the last; tags are drawn by their probabilities."""
    generator = torch.Generator().manual_seed(0)
    odds = -torch.arange(40) / 10 - 2 + 2.5 * torch.randn(2000, 40, generator=generator)
    probabilities = odds.sigmoid()
    return probabilities, torch.rand(2000, 40, generator=generator) < probabilities


def test_what_photos_get_is_counted_as_in_a_loop(crowd):
    probabilities = crowd[0][:50]
    gains = Gains(torch.rand(40) + 1, torch.rand(40) / 9)
    got, right = [0] * 40, [0.0] * 40
    for photo in probabilities:
        ranked = sorted(range(40), key=lambda tag: -float(gains.scores(photo)[tag]))
        for tag in ranked[:5]:
            got[tag] += 1
            right[tag] += float(photo[tag])
    found = count_given(probabilities, gains, 5)
    assert found[0].tolist() == got
    assert found[1].tolist() == pytest.approx(right, rel=1e-5)


def test_any_number_is_each_tag_with_a_gain(crowd):
    probabilities = crowd[0][:50]
    gains = Gains(torch.rand(40) + 1, torch.rand(40) / 3)
    got, right = [0] * 40, [0.0] * 40
    for photo in probabilities:
        for tag, gain in enumerate(gains.scores(photo).tolist()):
            if gain > 0:
                got[tag] += 1
                right[tag] += float(photo[tag])
    found = count_given(probabilities, gains, None)
    assert 0 < sum(got) < 50 * 40
    assert found[0].tolist() == got
    assert found[1].tolist() == pytest.approx(right, rel=1e-5)


def f1_of_means(scores, relevant, top_k=5):
    got = scores > 0
    if top_k is not None:
        best = scores.topk(top_k, dim=1).indices
        got = torch.zeros_like(relevant).scatter(1, best, True)
    right, had = (got & relevant).sum(0), relevant.sum(0)
    used = had > 0
    precision = (right / got.sum(0).clamp_min(1))[used].mean()
    recall = (right[used] / had[used]).mean()
    return float(2 * precision * recall / (precision + recall)), float(precision), float(recall)


def test_gains_give_a_better_f1_of_means_than_the_likeliest_tags_do(crowd):
    probabilities, relevant = crowd
    gains = fit_gains(probabilities, relevant.sum(0), top_k=5, f1_photos=2000, precision_weight=1.0)
    plain, better = (
        f1_of_means(probabilities, relevant),
        f1_of_means(gains.scores(probabilities), relevant),
    )
    assert better[0] > plain[0] + 0.01


def test_any_number_of_tags_gives_a_better_f1_of_means_than_five(crowd):
    probabilities, relevant = crowd
    found = {
        top_k: f1_of_means(
            fit_gains(
                probabilities, relevant.sum(0), top_k=top_k, f1_photos=2000, precision_weight=1.0
            ).scores(probabilities),
            relevant,
            top_k,
        )[0]
        for top_k in (5, None)
    }
    assert found[None] > found[5]


def test_when_precision_counts_less_more_is_recalled(crowd):
    probabilities, relevant = crowd

    def recall(precision):
        gains = fit_gains(
            probabilities, relevant.sum(0), top_k=5, f1_photos=500, precision_weight=precision
        )
        return f1_of_means(gains.scores(probabilities), relevant)[2]

    assert recall(0.3) > recall(1.0) > recall(3.0)


def test_a_photo_with_fewer_tags_than_it_should_get_gets_all():
    gains = fit_gains(
        torch.rand(9, 3), torch.tensor([3, 3, 3]), top_k=5, f1_photos=9, precision_weight=1.0
    )
    assert gains.worth.isfinite().all()
    assert gains.cost.isfinite().all()
