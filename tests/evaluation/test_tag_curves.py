"""Curves of single tags, by taggers whose scores are their features."""

import pandas as pd
import pytest
import torch

from phototags.evaluation.users.tag_curves import compute_tag_curves
from phototags.features.feature_cache import Features
from phototags.systems.multihot import Multihot
from phototags.systems.tagger import save
from phototags.tags.vocabulary import TagVocabulary

VOCABULARY = TagVocabulary(["sea", "sky"], [2, 2], [1, 1])
PHOTOS = pd.DataFrame({"row": [1, 4, 6], "tags": [["sea"], ["sky", "moon"], ["sky", "sea"]]})
FEATURES = Features(
    torch.tensor([1, 4, 5, 6]), torch.tensor([[0.9, 0.1], [0.5, 0.8], [9, 9], [0.1, 0.5]])
)


@pytest.fixture
def folders(tmp_path):
    """A tagger that says what it sees, and one that says the opposite."""
    system = Multihot(model="multihot", scaling="none", epochs=1, patience=1)
    for name, sign in (("seeing", 1), ("blind", -1)):
        tagger = system.init_tagger(2, sign * torch.eye(2), torch.zeros(2), torch.Generator())
        save(tagger, {"system": system.model_dump(), "features": 2}, tmp_path / name)
    return {name: tmp_path / name for name in ("seeing", "blind")}


def test_each_system_has_a_curve_of_each_tag(folders):
    curves = compute_tag_curves(folders, ["sky", "sea"], PHOTOS, FEATURES, None, VOCABULARY)
    found = {
        (system, tag): [of.round(3).tolist() for of in curve]
        for system, own in curves.items()
        for tag, curve in own.items()
    }
    assert found == {
        ("seeing", "sky"): [[1, 1, 0.667], [0.5, 1, 1]],  # photos 4, 6, 1
        ("seeing", "sea"): [[1, 0.5, 0.667], [0.5, 0.5, 1]],  # photos 1, 4, 6
        ("blind", "sky"): [[0, 0.5, 0.667], [0, 0.5, 1]],  # photos 1, 6, 4
        ("blind", "sea"): [[1, 0.5, 0.667], [0.5, 0.5, 1]],  # photos 6, 4, 1
    }


def test_without_tags_there_is_nothing_to_draw(folders):
    assert compute_tag_curves(folders, [], PHOTOS, FEATURES, None, VOCABULARY) == {
        "seeing": {},
        "blind": {},
    }
