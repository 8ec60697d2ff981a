"""What the head does to features, and that its randomness is its generator's."""

import pytest
import torch

from phototags.systems.parts.heads import Dropout, FeatureScaler, make_head


def test_root_scaling_is_the_square_root_brought_to_mean_square_one():
    features = torch.tensor([[4.0, 9.0, 0.0, -2.0]])
    expected = torch.tensor([[2.0, 3.0, 0.0, 0.0]]) / 13**0.5 * 2
    torch.testing.assert_close(FeatureScaler("root", 4)(features), expected)


def test_length_scaling_keeps_direction_and_sign():
    features = torch.tensor([[3.0, -4.0]])
    expected = torch.tensor([[0.6, -0.8]]) * 2**0.5
    torch.testing.assert_close(FeatureScaler("length", 2)(features), expected)


def test_a_photo_without_any_feature_stays_finite():
    assert FeatureScaler("root", 3)(torch.zeros(1, 3)).tolist() == [[0, 0, 0]]


def test_a_linear_head_is_one_matrix_on_scaled_features():
    head = make_head(3, [2], "none", 0.5, torch.Generator().manual_seed(0)).eval()
    features = torch.tensor([[1.0, 2.0, 3.0]])
    expected = features @ head[-1].weight.T + head[-1].bias
    torch.testing.assert_close(head(features), expected)


def test_hidden_layers_have_a_relu_between():
    head = make_head(3, [4, 2], "none", 0.0, torch.Generator().manual_seed(0))
    first, last = (layer for layer in head if isinstance(layer, torch.nn.Linear))
    features = torch.randn(5, 3, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(head(features), last(first(features).clamp_min(0)))


def test_dropout_zeroes_its_share_and_keeps_the_mean():
    dropped = Dropout(0.25, torch.Generator().manual_seed(0))(torch.ones(100_000))
    assert (dropped == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)
    assert dropped.mean().item() == pytest.approx(1, abs=0.01)
    assert dropped.unique().tolist() == pytest.approx([0, 1 / 0.75])


def test_heads_of_one_seed_are_equal_whatever_the_global_generator_did():
    heads = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        heads.append(make_head(3, [4, 2], "root", 0.5, torch.Generator().manual_seed(7)))
    features = torch.rand(6, 3)
    assert heads[0](features).equal(heads[1](features))
