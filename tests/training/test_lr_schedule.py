"""Learning rates at each moment, against algebra and against torch's own scheduler."""

import math

import pytest
import torch

from phototags.training.lr_schedule import lr_at, reduce_on_plateau


def test_a_constant_rate_is_the_rate_itself():
    assert lr_at(7.3, 0.1, epochs=9, schedule="constant") == 0.1


def test_warm_up_grows_in_a_straight_line_whatever_comes_after():
    for schedule in ("constant", "plateau", "cosine"):
        rates = [
            lr_at(now, 0.8, epochs=9, schedule=schedule, warmup_epochs=2) for now in (0.5, 1, 1.5)
        ]
        assert rates == pytest.approx([0.2, 0.4, 0.6])


def test_the_cosine_is_half_in_the_middle_and_nothing_at_the_end():
    rates = [lr_at(now, 1.0, epochs=5, schedule="cosine", warmup_epochs=1) for now in (1, 2, 3, 5)]
    assert rates == pytest.approx([1, (1 + math.sqrt(0.5)) / 2, 0.5, 0])
    assert lr_at(2, 1.0, epochs=2, schedule="cosine", warmup_epochs=2) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_plateaus_are_those_of_torch(seed):
    scores = torch.rand(60, generator=torch.Generator().manual_seed(seed)).double()
    scores = scores.cumsum(0).div(torch.arange(1, 61)).tolist() + [math.nan] * 9
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.01)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "max", patience=3)
    for epoch, score in enumerate(scores):
        assert reduce_on_plateau(0.01, scores[:epoch]) == optimiser.param_groups[0]["lr"]
        plateau.step(score)
