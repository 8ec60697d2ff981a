"""The tagger that comes with phototags, as it lies in the checkout."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.box.card import format_box_card
from phototags.commands.common import BOX
from phototags.evaluation.prediction import predict
from phototags.evaluation.probabilities import read_probabilities
from phototags.systems.tagger import CALIBRATION, load, read_config
from phototags.tag_vectors.zero_shot_model import read_zero_shot
from phototags.tags.vocabulary import read_vocabulary


@pytest.fixture(scope="module")
def words() -> list[str]:
    return read_vocabulary(BOX / "vocabulary.tsv").tags


def test_it_knows_600_words_each_once_and_none_without_a_name(words):
    assert len(set(words)) == len(words) >= 600
    assert not [word for word in words if re.fullmatch(r"tag\d{4}", word)]
    assert not {f"{word}s" for word in words} & set(words) - {"woods"}


def test_it_gives_any_photo_probabilities(words):
    features = torch.randn(3, read_config(BOX)["features"], generator=torch.Generator())
    scores = predict(load(BOX), features, len(words))
    probabilities = read_probabilities(BOX / CALIBRATION, len(words)).probabilities(scores)
    assert probabilities.shape == (3, len(words))
    assert np.all((probabilities >= 0) & (probabilities <= 1))


def test_its_folder_is_at_most_8_megabytes():
    assert sum(path.stat().st_size for path in BOX.iterdir()) <= 8e6


def test_its_card_is_what_its_scores_make(words):
    scores = pd.read_csv(BOX / "scores.csv")
    assert (BOX / "MODEL_CARD.md").read_text() == format_box_card(
        read_config(BOX), words, scores, read_zero_shot(BOX / "zero_shot.safetensors"), "flickr8k"
    )


def test_at_the_cut_for_half_of_the_tags_it_keeps_what_it_promises():
    """Read from the scores on test photos that its own command wrote."""
    scores = pd.read_csv(BOX / "scores.csv").set_index("corpus").loc["all"]
    assert 0.45 <= scores["precision"] <= 0.6
    assert scores["tags_per_photo"] >= 3
