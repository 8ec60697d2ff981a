"""The two models that know the user, beside loops, with their gradients."""

import pytest
import torch

from phototags.systems.parts.heads import FeatureScaler
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.registry import parse_system
from phototags.systems.user_biased import UserBiased
from phototags.systems.user_multiplicative import UserMultiplicative

N, M, T = 7, 4, 5
KEYS = {"epochs": 1, "patience": 1, "dimensions": 3, "user_hidden": 6, "scaling": "length"}
BIASED = UserBiased(model="user-biased", **KEYS)
MULTIPLICATIVE = UserMultiplicative(model="user-multiplicative", factors=8, **KEYS)
BOTH = pytest.mark.parametrize("system", [BIASED, MULTIPLICATIVE], ids=lambda one: one.model)


def made(system):
    generator = torch.Generator().manual_seed(0)
    table, bias = torch.randn(T, 3, generator=generator), torch.zeros(T)
    return system.init_tagger(N, table, bias, generator, M).double()


def inputs(rows: int = 3) -> torch.Tensor:
    return torch.rand(rows, N + M, generator=torch.Generator().manual_seed(1)).double()


def expected(head, row: torch.Tensor, system) -> list[torch.Tensor]:
    """Phi of one photo, sum by sum."""
    photo, user = row[:N] / row[:N].norm() * N**0.5, row[N:]
    layer = head.user.units
    u = [
        max(sum(layer.weight[k, j] * user[j] for j in range(M)) + layer.bias[k], torch.tensor(0.0))
        for k in range(system.user_hidden)
    ]
    linear = head.photo[-1]
    x = [
        sum(linear.weight[k, j] * photo[j] for j in range(N)) + linear.bias[k]
        for k in range(linear.out_features)
    ]
    if system is BIASED:
        b = head.moved
        return [
            x[k] + sum(b.weight[k, j] * u[j] for j in range(system.user_hidden)) + b.bias[k]
            for k in range(3)
        ]
    a, b = head.weighed, head.joined
    product = [
        (1 + a.bias[f] + sum(a.weight[f, j] * u[j] for j in range(system.user_hidden))) * x[f]
        for f in range(system.factors)
    ]
    return [
        sum(b.weight[k, f] * product[f] for f in range(system.factors)) + b.bias[k]
        for k in range(3)
    ]


@BOTH
def test_scores_are_those_of_a_loop(system):
    tagger = made(system)
    for row, scores in zip(inputs(), tagger(inputs()), strict=True):
        phi = torch.stack(expected(tagger.head, row, system))
        torch.testing.assert_close(scores, tagger.tag_vectors @ phi)


@BOTH
def test_gradients_are_those_of_the_loop(system):
    tagger = made(system)
    by_loop = [
        tagger.tag_vectors @ torch.stack(expected(tagger.head, row, system)) for row in inputs()
    ]
    names, weights = zip(*tagger.named_parameters(), strict=True)
    pull = torch.randn(3, T, generator=torch.Generator().manual_seed(2)).double()
    moving = [name != "bias" for name in names]
    weights = [one for one, moves in zip(weights, moving, strict=True) if moves]
    looped = torch.autograd.grad((torch.stack(by_loop) * pull).sum(), weights)
    own = torch.autograd.grad((tagger(inputs()) * pull).sum(), weights)
    for ours, theirs in zip(own, looped, strict=True):
        torch.testing.assert_close(ours, theirs)


@BOTH
def test_features_alone_are_a_strangers_photo(system):
    tagger, alone = made(system), inputs()[:, :N]
    zeros = torch.cat([alone, torch.zeros(3, M).double()], dim=1)
    assert tagger(alone).equal(tagger(zeros))
    assert not tagger(alone).allclose(tagger(inputs()))


@BOTH
def test_without_a_description_every_user_is_a_stranger(system):
    generator = torch.Generator().manual_seed(0)
    tagger = system.init_tagger(N, torch.randn(T, 3), torch.zeros(T), generator, 0)
    assert tagger.scores(torch.rand(2, N)).shape == (2, T)


def test_hidden_users_are_a_share_of_the_photos_in_training_only():
    system = BIASED.model_copy(update={"user_dropout": 0.3})
    tagger, rows = made(system), inputs(1).expand(20_000, -1)
    stranger = tagger.head(rows[:1, :N])
    hidden = tagger.train().head(rows).isclose(stranger).all(dim=1)
    assert hidden.double().mean().item() == pytest.approx(0.3, abs=0.02)
    assert not tagger.eval().head(rows).isclose(stranger).all(dim=1).any()


@BOTH
def test_training_starts_small_and_a_step_keeps_the_rows_of_v_and_p_short_and_only_those(system):
    photos = TaggedPhotos(["a"], torch.rand(1, N + M), torch.tensor([[0]]), n_user_features=M)
    tagger, _, constrain = system.build(photos, torch.zeros(T, 3), torch.Generator().manual_seed(0))
    weights = {name: one for name, one in tagger.named_parameters() if one.ndim == 2}
    assert all(0 < one.abs().max() < 0.01 for one in weights.values())
    with torch.no_grad():
        for one in weights.values():
            one.fill_(5.0)
    constrain(tagger)
    for name, one in weights.items():
        long = one.norm(dim=1) > 1.0001
        assert long.any() == (name != "tag_vectors" and "photo" not in name), name


def test_the_multiplicative_model_starts_as_a_bilinear_one_for_every_user():
    tagger = made(MULTIPLICATIVE)
    with torch.no_grad():
        tagger.head.weighed.weight.zero_()
        tagger.head.weighed.bias.zero_()
    head, x = tagger.head, inputs()
    torch.testing.assert_close(head(x), head.joined(head.photo(x[:, :N])))


@pytest.mark.parametrize("model", ["bilinear", "user-biased", "user-multiplicative"])
@pytest.mark.parametrize(("length", "expected"), [(1.0, 1.0), (None, 20**0.5)])
def test_the_photo_has_the_length_that_the_setting_says(model, length, expected):
    """1 as published, else the root of the 20 features."""
    keys = {} if length is None else {"feature_length": length}
    system = parse_system({"model": model, "epochs": 1, "patience": 1, **keys})
    head = system.make_head(20, 3, torch.Generator().manual_seed(0), 0).eval()
    scaler = next(part for part in head.modules() if isinstance(part, FeatureScaler))
    features = torch.rand(7, 20, generator=torch.Generator().manual_seed(1))
    assert scaler(features).norm(dim=1).tolist() == pytest.approx([expected] * 7, rel=1e-6)
