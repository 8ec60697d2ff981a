"""Tags of the user's other photos, against a loop over photos; a photo's own never enter."""

import numpy as np
import pytest
import torch

from phototags.errors import CorpusError
from phototags.features.feature_cache import Features
from phototags.params.users import Users
from phototags.systems.bases.user import WIDE
from phototags.tags.encoding import TagSets, encode_tags
from phototags.users import other_photos
from phototags.users.other_photos import describe_other_photos, select_unit_features

N, T = 40, 6
TAGS = ["sea", "sky", "art", "cat", "dog", "hat"]
RANDOM = np.random.default_rng(0)
USERS = RANDOM.integers(-1, 5, N)
COUNTED = RANDOM.random(N) < 0.7
OWN = [
    [TAGS[tag] for tag in sorted({*RANDOM.integers(0, T, row % 4).tolist()})] for row in range(N)
]
FEATURES = Features(torch.arange(N), torch.from_numpy(RANDOM.random((N, 8))).float())
SETTINGS = Users(neighbours=3, sharpness=7)


def unit(features: Features = FEATURES):
    return select_unit_features(np.arange(N), features)


def described(sets: TagSets, features=None):
    features = unit() if features is None else features
    return describe_other_photos(WIDE, features, sets, T, USERS, COUNTED, SETTINGS)


def expected(name: str, row: int) -> list[float]:
    """The block of a photo, by a loop over the user's other photos."""
    others = [
        other
        for other in range(N)
        if other != row and USERS[other] == USERS[row] >= 0 and COUNTED[other] and OWN[other]
    ]
    if not others:
        return [0.0] * (T + 1)
    roots = FEATURES.matrix.double().sqrt().numpy()
    roots /= np.linalg.norm(roots, axis=1, keepdims=True)
    cosines = {other: float(roots[row] @ roots[other]) for other in others}
    nearest = sorted(others, key=lambda other: -cosines[other])[:3]
    total = sum(np.exp(7 * cosine) for cosine in cosines.values())
    weight = {
        "tag_shares": lambda other: 1 / len(others),
        "nearest_tags": lambda other: cosines[other] * (other in nearest),
        "attended_tags": lambda other: np.exp(7 * cosines[other]) / total,
    }[name]
    return [sum(weight(other) * (tag in OWN[other]) for other in others) for tag in TAGS] + [1.0]


@pytest.mark.parametrize("name", WIDE)
def test_a_descriptor_is_the_weighted_sum_of_the_other_photos_tags(name):
    block = described(encode_tags(OWN, TAGS))[name]
    assert block[:, -1].sum() > N / 2
    for row in range(N):
        assert block[row].tolist() == pytest.approx(expected(name, row), abs=1e-6), row


def test_photos_are_compared_in_chunks_as_at_once(monkeypatch):
    whole = described(encode_tags(OWN, TAGS))
    monkeypatch.setattr(other_photos, "CHUNK", 2)
    for name, block in described(encode_tags(OWN, TAGS)).items():
        assert block.numpy() == pytest.approx(whole[name].numpy(), abs=1e-6)


@pytest.mark.parametrize("row", range(0, N, 5))
def test_a_photos_own_tags_never_enter_and_its_picture_only_orders_the_others(row):
    other = [["art", "hat"] if photo == row else tags for photo, tags in enumerate(OWN)]
    before, after = described(encode_tags(OWN, TAGS)), described(encode_tags(other, TAGS))
    for name in WIDE:
        assert before[name][row].numpy().tobytes() == after[name][row].numpy().tobytes()
    matrix = FEATURES.matrix.clone()
    matrix[row] = torch.eye(8)[0]
    moved = described(encode_tags(OWN, TAGS), unit(Features(FEATURES.rows, matrix)))
    assert moved["tag_shares"][row].equal(before["tag_shares"][row])


def test_a_photo_without_features_counts_as_far_from_all():
    few = Features(FEATURES.rows[1:], FEATURES.matrix[1:])
    assert not unit(few)[0].any()
    assert unit(few)[1:] == pytest.approx(unit()[1:])


def test_more_numbers_than_memory_holds_are_refused(monkeypatch):
    monkeypatch.setattr(other_photos, "MAX_NUMBERS", N * (T + 1) - 1)
    with pytest.raises(CorpusError, match="tag_shares should hold at most 279 numbers, but 40"):
        described(encode_tags(OWN, TAGS))
