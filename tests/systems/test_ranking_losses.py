"""Ranking losses against their formulas written as loops, in value and in gradient."""

import math

import pytest
import torch

from phototags.systems.parts.ranking_losses import harmonic, limit_norms, ranknet_loss, warp_loss


def parts(seed: int = 1):
    generator = torch.Generator().manual_seed(seed)
    positives = torch.randn(3, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    negatives = torch.randn(3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    kept = torch.tensor([[1, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]], dtype=torch.bool)
    return positives, negatives, kept


def test_ranknet_is_the_mean_over_kept_pairs_in_value_and_gradient():
    positives, negatives, kept = parts()
    loss = ranknet_loss(positives, negatives, kept)
    loss.backward()
    total, pairs, slopes = 0.0, 0, torch.zeros(3, 4)
    for row in range(3):
        for near in positives[row].tolist():
            for column, far in enumerate(negatives[row].tolist()):
                if kept[row, column]:
                    total += math.log(1 + math.exp(far - near))
                    slopes[row, column] += 1 / (1 + math.exp(near - far))
                    pairs += 1
    assert loss.item() == pytest.approx(total / pairs)
    torch.testing.assert_close(negatives.grad.float(), slopes / pairs)


def test_ranknet_without_pairs_is_zero():
    assert ranknet_loss(torch.ones(1, 2), torch.ones(1, 3), torch.zeros(1, 3) > 0).item() == 0


def test_harmonic_numbers_equal_their_sums():
    expected = [sum(1 / i for i in range(1, k + 1)) for k in range(50)]
    assert harmonic(torch.arange(50)).tolist() == pytest.approx(expected, abs=1e-9)


def slow_warp(positives, drawn, kept, tags, margin):
    """WSABIE's inner loop as the paper tells it; returns the loss and the gradients."""
    loss, near_slope, far_slope = 0.0, torch.zeros(len(positives)), torch.zeros(drawn.shape)
    for row, near in enumerate(positives.tolist()):
        draws = 0
        for column, far in enumerate(drawn[row].tolist()):
            if not kept[row, column]:
                continue
            draws += 1
            if far > near - margin:
                weight = sum(1 / i for i in range(1, (tags - 1) // draws + 1))
                loss += weight * (margin - near + far) / len(positives)
                near_slope[row] -= weight / len(positives)
                far_slope[row, column] += weight / len(positives)
                break
    return loss, near_slope, far_slope


@pytest.mark.parametrize("margin", [0.1, 0.5, -9.0])
def test_warp_equals_drawing_one_tag_after_another(margin):
    generator = torch.Generator().manual_seed(2)
    positives = torch.randn(40, generator=generator, requires_grad=True)
    drawn = torch.randn(40, 6, generator=generator, requires_grad=True)
    kept = torch.rand(40, 6, generator=generator) < 0.7
    kept[0] = False
    loss = warp_loss(positives, drawn, kept, tags=20, margin=margin)
    loss.backward()
    expected, near_slope, far_slope = slow_warp(positives, drawn, kept, 20, margin)
    assert loss.item() == pytest.approx(expected, abs=1e-6)
    torch.testing.assert_close(positives.grad, near_slope)
    torch.testing.assert_close(drawn.grad, far_slope)


def test_rows_are_shortened_never_lengthened_and_keep_their_direction():
    rows = torch.randn(20, 3, generator=torch.Generator().manual_seed(0))
    before = rows.clone()
    limit_norms(rows, 0.8)
    for short, long in zip(rows, before, strict=True):
        expected = long * min(1, 0.8 / long.norm().item())
        torch.testing.assert_close(short, expected)


def test_no_limit_changes_nothing():
    rows = torch.full((1, 2), 1e9)
    limit_norms(rows, math.inf)
    assert rows.tolist() == [[1e9, 1e9]]
