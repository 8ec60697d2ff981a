"""Probabilities of an exported tagger on test photos: bins, errors and what the options give."""

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.evaluation.probabilities import STEPS, Probabilities, write_probabilities
from phototags.evaluation.score_probabilities import (
    CUTS,
    RELIABILITY,
    score_probabilities,
    summarise_errors,
    tabulate_cuts,
    tabulate_reliability,
)
from phototags.features.feature_cache import write_features
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.tagger import CALIBRATION, save

PROBABILITIES = np.array([[0.9, 0.6], [0.5, 0.2], [0.1, 0.4]])
RELEVANT = np.array([[True, False], [True, True], [False, False]])
HALF = Probabilities(np.zeros(2), np.ones(2), np.where(STEPS < 0.6, STEPS, np.nan), np.inf, 3)


def test_the_options_give_what_counting_says():
    cuts = tabulate_cuts(HALF, PROBABILITIES, RELEVANT).set_index(["cut", "wanted"])
    above = cuts.loc[("above", 0.5)]  # 0.9 and 0.5 are right, 0.6 is wrong; 0.2 is missed
    assert above["tags_per_photo"] == 1
    assert above["precision"] == pytest.approx(2 / 3) == above["recall"]
    third = cuts.loc[("precision", 0.3)]  # from 0.3 on: one more that is wrong
    assert third["probability"] == pytest.approx(0.3) and third["precision"] == 0.5
    assert ("precision", 0.7) not in cuts.index  # no cut reaches it


def test_errors_are_of_all_tags_and_of_the_first_five():
    wide = np.tile(np.linspace(0.05, 0.95, 10), (4, 1))  # the first five: 0.95 to 0.55
    never = np.zeros((4, 10), bool)
    errors = summarise_errors(tabulate_reliability(wide, never, calibrated=True))
    assert errors.loc["all", True] == pytest.approx(0.5)
    assert errors.loc["first five", True] == pytest.approx(0.75)


@pytest.fixture
def folder(tmp_path):
    """A tagger of two tags, three test photos of which one has a known tag, and their files."""
    config = {"system": {"model": "frequency"}, "features": 4, "tags": 2, "backbone": "tiny"}
    save(FrequencyTagger(torch.tensor([3, 2])), config, tmp_path)
    (tmp_path / "vocabulary.tsv").write_text("tag\tphotos\tusers\nsea\t3\t2\ndog\t2\t2\n")
    tags = [["sea"], ["moon"], ["sea", "dog"], ["dog"]]
    table = {"row": range(4), "photo_id": list("abcd"), "user_id": None, "tags": tags}
    pd.DataFrame(table).to_parquet(tmp_path / "tags")
    parts = ["train", "test", "test", "test"]
    pd.DataFrame({"row": range(4), "part": parts}).to_parquet(tmp_path / "split")
    write_features(tmp_path / "features", torch.arange(3), torch.ones(3, 4), "tiny")
    return tmp_path


def score(folder):
    return score_probabilities(folder, folder / "tags", folder / "split", [folder / "features"])


def test_only_test_photos_with_features_and_a_known_tag_are_counted(folder):
    write_probabilities(folder / CALIBRATION, HALF)
    reliability, cuts = score(folder)
    assert cuts["photos"].unique() == [1]
    pairs = reliability.groupby(["tags", "calibrated"])["pairs"].sum()
    assert pairs.to_dict() == {(t, c): 2 for t in ("all", "first five") for c in (False, True)}


def test_a_tagger_without_calibration_has_empty_tables(folder):
    write_probabilities(folder / CALIBRATION, None)
    reliability, cuts = score(folder)
    assert reliability.empty and list(reliability) == RELIABILITY
    assert cuts.empty and list(cuts) == CUTS
