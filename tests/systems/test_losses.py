"""Each loss against its formula written as a loop, in value and in gradient."""

import math

import pytest
import torch

from phototags.systems.parts.losses import (
    asymmetric_loss,
    negative_sampling_loss,
    softmax_loss,
    squared_error,
    target_error,
)


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


@pytest.fixture
def drawn():
    generator = torch.Generator().manual_seed(1)
    positives = torch.randn(3, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    negatives = torch.randn(3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    kept = torch.tensor([[1, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]], dtype=torch.bool)
    return positives, negatives, kept


def test_negative_sampling_is_the_mean_over_pairs_written_out(drawn):
    positives, negatives, kept = drawn
    pull = [-math.log(sigmoid(score)) for row in positives.tolist() for score in row]
    push = [
        -math.log(1 - sigmoid(score))
        for row, flags in zip(negatives.tolist(), kept.tolist(), strict=True)
        for score, flag in zip(row, flags, strict=True)
        if flag
    ]
    expected = sum(pull) / len(pull) + sum(push) / len(push)
    assert negative_sampling_loss(*drawn).item() == pytest.approx(expected)


def test_negative_sampling_pulls_by_what_is_missing_to_certainty(drawn):
    positives, negatives, kept = drawn
    negative_sampling_loss(*drawn).backward()
    for row in range(3):
        for column in range(2):
            wrong = sigmoid(positives[row, column].item()) - 1
            assert positives.grad[row, column].item() == pytest.approx(wrong / 6)
        for column in range(4):
            wrong = sigmoid(negatives[row, column].item()) * kept[row, column].item()
            assert negatives.grad[row, column].item() == pytest.approx(wrong / 7)


def test_negative_sampling_without_any_negative_is_the_pull_alone():
    loss = negative_sampling_loss(torch.zeros(2, 3), torch.zeros(2, 4), torch.zeros(2, 4) > 0)
    assert loss.item() == pytest.approx(math.log(2))


def test_negative_sampling_stays_finite_where_the_log_of_a_sigmoid_would_not():
    positives = torch.tensor([[-200.0]], requires_grad=True)
    loss = negative_sampling_loss(positives, torch.tensor([[200.0]]), torch.ones(1, 1) > 0)
    loss.backward()
    assert loss.item() == pytest.approx(400)
    assert positives.grad.item() == pytest.approx(-1)


def test_squared_error_is_summed_over_tags_and_averaged_over_photos():
    scores = torch.tensor([[0.3, -1.2, 2.0], [0.0, 4.0, -3.0]], dtype=torch.float64)
    tags = torch.tensor([[1, 0, 1], [0, 0, 1]], dtype=torch.bool)
    scores.requires_grad_()
    loss = squared_error(scores, tags)
    loss.backward()
    expected = 0.0
    for row in range(2):
        for column in range(3):
            guess = sigmoid(scores[row, column].item())
            wrong = guess - tags[row, column].item()
            expected += wrong**2 / 2
            slope = wrong * guess * (1 - guess)  # 2 / B with B = 2
            assert scores.grad[row, column].item() == pytest.approx(slope)
    assert loss.item() == pytest.approx(expected)


SCORES = [[0.3, -1.2, 2.0], [0.0, 4.0, -3.0]]
TAGS = [[True, False, True], [False, False, True]]


def slope(loss, place: tuple[int, int], step: float = 1e-6) -> float:
    """The gradient at one score by differences."""
    values = []
    for sign in (1, -1):
        scores = torch.tensor(SCORES, dtype=torch.float64)
        scores[place] += sign * step
        values.append(loss(scores, torch.tensor(TAGS)).item())
    return (values[0] - values[1]) / (2 * step)


@pytest.mark.parametrize("loss", [softmax_loss, asymmetric_loss], ids=lambda loss: loss.__name__)
def test_gradients_equal_differences(loss):
    scores = torch.tensor(SCORES, dtype=torch.float64, requires_grad=True)
    loss(scores, torch.tensor(TAGS)).backward()
    for place in [(row, column) for row in range(2) for column in range(3)]:
        assert scores.grad[place].item() == pytest.approx(slope(loss, place), abs=1e-6)


def test_softmax_shares_a_photo_among_its_tags():
    expected = 0.0
    for scores, tags in zip(SCORES, TAGS, strict=True):
        total = sum(math.exp(score) for score in scores)
        for score, tag in zip(scores, tags, strict=True):
            expected -= tag / sum(tags) * math.log(math.exp(score) / total) / 2
    assert softmax_loss(torch.tensor(SCORES), torch.tensor(TAGS)).item() == pytest.approx(expected)


def slow_asymmetric(gamma_positive: float, gamma_negative: float, margin: float) -> float:
    total = 0.0
    for scores, tags in zip(SCORES, TAGS, strict=True):
        for score, tag in zip(scores, tags, strict=True):
            chance = sigmoid(score)
            shifted = max(chance - margin, 0)
            if tag:
                total -= (1 - chance) ** gamma_positive * math.log(chance)
            else:
                total -= shifted**gamma_negative * math.log(1 - shifted)
    return total / 2


@pytest.mark.parametrize(("positive", "negative", "margin"), [(0, 4, 0.05), (1, 2, 0), (0, 0, 0.2)])
def test_asymmetric_loss_is_its_formula_written_out(positive, negative, margin):
    settings = {"gamma_positive": positive, "gamma_negative": negative, "margin": margin}
    loss = asymmetric_loss(torch.tensor(SCORES), torch.tensor(TAGS), **settings)
    assert loss.item() == pytest.approx(slow_asymmetric(positive, negative, margin))


def test_asymmetric_loss_does_not_grow_with_the_batch():
    scores, tags = torch.tensor(SCORES), torch.tensor(TAGS)
    twice = asymmetric_loss(scores.repeat(2, 1), tags.repeat(2, 1))
    assert twice.item() == pytest.approx(asymmetric_loss(scores, tags).item())


def test_asymmetric_loss_is_finite_for_scores_that_are_sure():
    scores = torch.tensor([[90.0, -90.0]], requires_grad=True)
    for settings in ({}, {"margin": 0.0}):
        loss = asymmetric_loss(scores, torch.tensor([[False, True]]), **settings)
        loss.backward()
        assert loss.isfinite() and scores.grad.isfinite().all()


def test_target_error_is_the_squared_distance():
    embeddings = torch.tensor([[1.0, 2.0], [0.0, 0.0]], requires_grad=True)
    loss = target_error(embeddings, torch.tensor([[0.0, 4.0], [3.0, 0.0]]))
    loss.backward()
    assert loss.item() == pytest.approx((1 + 4 + 9) / 2)
    assert embeddings.grad.tolist() == [[1, -2], [-3, 0]]
