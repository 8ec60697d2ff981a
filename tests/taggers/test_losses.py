"""Each loss against its formula written as a loop, in value and in gradient."""

import math

import pytest
import torch

from phototags.taggers.losses import negative_sampling_loss, squared_error


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
