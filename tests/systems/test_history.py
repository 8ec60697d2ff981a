"""Systems that add the tags of the user's other photos: scores against loops, and fall-backs."""

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from phototags.systems.parts.history import hide_users
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.registry import parse_system

T, WIDTH = 4, 5


def photos(number: int, seed: int) -> TaggedPhotos:
    """Photos with features (N, 5), shares of the user's photos (N, 4), and whether they are."""
    generator = torch.Generator().manual_seed(seed)
    tags = torch.randint(0, T, (number, 1), generator=generator)
    known = (torch.rand(number, 1, generator=generator) < 0.7).float()
    shares = torch.rand(number, T, generator=generator) * known
    features = torch.rand(number, WIDTH, generator=generator)
    ids = [str(row) for row in range(number)]
    return TaggedPhotos(ids, torch.cat([features, shares, known], 1), tags, n_user_features=T + 1)


TRAIN, VALIDATION = photos(30, 0), photos(20, 1)


def fit(settings: dict, validation: TaggedPhotos = VALIDATION):
    return parse_system(settings).fit_closed_form(TRAIN, validation, T, 0)


def test_user_frequency_ranks_by_the_users_tags_then_by_all_and_strangers_by_all_alone():
    scores = fit({"model": "user-frequency"}).scores(VALIDATION.features)
    counts = np.bincount(TRAIN.tags[:, 0], minlength=T)
    for photo, found in zip(VALIDATION.features.double().numpy(), scores, strict=True):
        rates = (counts + 1) / (len(TRAIN) + 2)
        shares, known = photo[WIDTH:-1], photo[-1]
        expected = 0.999 * shares + 0.001 * rates if known else rates
        assert found.tolist() == pytest.approx(expected.tolist(), abs=1e-6)


def test_user_neighbours_falls_back_to_the_nearest_training_photos():
    tagger = fit({"model": "user-neighbours", "neighbours": 2})
    roots = normalize(TRAIN.features[:, :WIDTH].sqrt()).half().double()
    for photo, found in zip(VALIDATION.features, tagger.scores(VALIDATION.features), strict=True):
        cosines = roots @ normalize(photo[:WIDTH].sqrt(), dim=0).double()
        own = [1e-3 * float((TRAIN.tags == tag).sum()) / len(TRAIN) for tag in range(T)]
        for near in cosines.argsort(descending=True)[:2].tolist():
            own[TRAIN.tags[near, 0]] += float(cosines[near])
        shares, known = photo[WIDTH:-1].tolist(), float(photo[-1])
        mixed = [0.999 * his + 0.001 * ours for his, ours in zip(shares, own, strict=True)]
        assert found.tolist() == pytest.approx(mixed if known else own, abs=2e-4)


def test_user_attention_takes_the_weight_of_the_least_cross_entropy_on_validation_photos():
    tagger = fit({"model": "user-attention", "weights": [0.2, 0.5, 0.8], "l2": [0.1]})
    alone = parse_system({"model": "logistic", "l2": [0.1]}).fit_closed_form(
        hide_users(TRAIN), hide_users(VALIDATION), T, 0
    )
    losses = {}
    for weight in (0.2, 0.5, 0.8):
        total = 0.0
        for photo, tag in zip(VALIDATION.features, VALIDATION.tags[:, 0].tolist(), strict=True):
            own = alone.scores(photo[None, :WIDTH])[0].sigmoid().detach()
            mixed = weight * photo[WIDTH:-1] + (1 - weight) * own if photo[-1] else own
            chances = [mixed[one] if one == tag else 1 - mixed[one] for one in range(T)]
            total -= float(np.log(chances).sum())
        losses[weight] = total
    assert tagger.weight == min(losses, key=losses.get)
    assert len(set(losses.values())) == 3


def test_without_validation_photos_the_first_weight_is_taken():
    none = TaggedPhotos([], VALIDATION.features[:0], VALIDATION.tags[:0], n_user_features=T + 1)
    assert fit({"model": "user-attention", "weights": [0.3, 0.6], "l2": [1]}, none).weight == 0.3


@pytest.mark.parametrize("model", ["user-frequency", "user-neighbours", "user-attention"])
def test_features_without_columns_of_users_are_photos_of_strangers(model):
    tagger, strangers = fit({"model": model}), VALIDATION.features.clone()
    strangers[:, WIDTH:] = 0
    assert tagger.scores(strangers).equal(tagger.scores(strangers[:, :WIDTH]))


def test_a_weight_that_is_none_is_refused():
    system = parse_system({"model": "user-frequency"})
    tensors = fit({"model": "user-frequency"}).tensors() | {"weight": torch.tensor(1.5)}
    with pytest.raises(ValueError, match="is 1.5, not in"):
        system.from_tensors(tensors, WIDTH)
