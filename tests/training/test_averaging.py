"""The moving average against a loop, and that showing it changes nothing for good."""

import torch

from phototags.training.averaging import MovingAverage


def followed(share: float, steps: int = 30):
    layer = torch.nn.Linear(2, 1)
    average, seen = MovingAverage(layer, share), [layer.weight.detach().clone()]
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        with torch.no_grad():
            layer.weight.add_(torch.randn(1, 2, generator=generator))
        average.update()
        seen.append(layer.weight.detach().clone())
    return layer, average, seen


def test_the_average_keeps_its_share_at_each_step():
    layer, average, seen = followed(0.9)
    expected = seen[0]
    for step, weight in enumerate(seen[1:], start=1):
        share = min(0.9, (1 + step) / (10 + step))
        expected = share * expected + (1 - share) * weight
    torch.testing.assert_close(average.averages["weight"], expected)


def test_a_share_of_nothing_is_the_last_weights():
    layer, average, seen = followed(0.0)
    assert average.averages["weight"].equal(seen[-1])


def test_the_module_shows_the_average_only_inside_the_block():
    layer, average, seen = followed(0.9)
    with average.swap_in():
        assert layer.weight.detach().equal(average.averages["weight"])
    assert layer.weight.detach().equal(seen[-1])


def test_what_no_step_moves_is_neither_copied_nor_averaged():
    layer = torch.nn.Linear(2, 1)
    average = MovingAverage(layer, 0.9, frozen=["bias"])
    average.update()
    assert set(average.averages) == {"weight"}


def test_a_share_of_nothing_copies_nothing():
    layer = torch.nn.Linear(2, 1)
    average = MovingAverage(layer, 0.0)
    average.update()
    with average.swap_in():
        assert average.averages["weight"].data_ptr() == layer.weight.data_ptr()
