"""Scores of photos whose tags no history photo has exactly, against loops over photos."""

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.evaluation.metrics.resamples import draw_resamples, number_users
from phototags.evaluation.users.new_tags import score_new_tags, select_new_tags
from phototags.features.feature_cache import Features
from phototags.params.score import Score
from phototags.systems.registry import parse_system
from phototags.systems.tagger import save
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.user_table import UserTable

VOCABULARY = TagVocabulary(["sea", "sky", "art"], [5, 4, 2], [2, 2, 2])
USERS = ["ann", "ann", "ann", "ann", "bob", "bob", "cid", None, "ann"]
TAGS = [
    ["sea"], ["sea", "moon"], ["sky"], ["sea", "sky"], ["sky"], ["art"], ["sea"], ["sea"], ["moon"],
]  # fmt: skip
HISTORY = [True, False, False, False, True, False, False, False, False]
PARTS = ["test"] * 9 + ["train"]


@pytest.fixture
def files(tmp_path):
    table = pd.DataFrame({"row": range(10), "photo_id": [f"p{row}" for row in range(10)]})
    table["user_id"], table["tags"] = [*USERS, "dee"], [*TAGS, ["art"]]
    table.to_parquet(tmp_path / "tags.parquet")
    pd.DataFrame({"row": range(10), "part": PARTS}).to_parquet(tmp_path / "split.parquet")
    return tmp_path / "tags.parquet", tmp_path / "split.parquet"


def users() -> UserTable:
    return UserTable(torch.arange(10), torch.tensor([*HISTORY, False]), {})


def features(rows: int = 10) -> Features:
    return Features(torch.arange(rows), torch.rand(rows, 4))


def test_photos_whose_known_tags_a_history_photo_of_their_user_has_are_left_out(files):
    found = select_new_tags(files, VOCABULARY, users(), features())
    # 1: ann's 0 has `sea` too, and `moon` is unknown. 8 has no known tag, 9 is a training photo.
    assert found["row"].tolist() == [2, 3, 5, 6, 7]
    assert found["tags"].tolist() == [["sky"], ["sea", "sky"], ["art"], ["sea"], ["sea"]]
    assert select_new_tags(files, VOCABULARY, users(), features(6))["row"].tolist() == [2, 3, 5]


def test_scores_are_means_over_seeds_with_intervals_over_users(files, tmp_path):
    photos, found = select_new_tags(files, VOCABULARY, users(), features()), []
    system = parse_system({"model": "random"})
    for seed in range(2):
        tagger = system.fit_closed_form(None, None, 3, seed)
        save(
            tagger,
            {"system": system.model_dump(), "features": 4, "tags": 3},
            tmp_path / f"seed{seed}",
        )
        scores = tagger.scores(features_of(photos)).numpy()
        first = [VOCABULARY.tags[best] for best in scores.argmax(1)]
        found.append([tag in own for tag, own in zip(first, photos["tags"], strict=True)])
    folders = {"by chance": [tmp_path / "seed0", tmp_path / "seed1"]}
    result = score_new_tags(folders, photos, FEATURES, users(), VOCABULARY, SETTINGS)["by chance"]
    drawn = draw_resamples(number_users(photos["user_id"]), 20, 3)
    means = drawn.weights @ np.mean(found, axis=0) / drawn.weights.sum(axis=1)
    expected = [means[0], *drawn.replicate(means)]
    assert result.replicates["precision", 1].tolist() == pytest.approx(expected)
    assert result.rows.tolist() == photos["row"].tolist()


FEATURES = features()
SETTINGS = Score(bridges=["exact"], min_test_photos=1, resamples=20, seed=3)


def features_of(photos: pd.DataFrame) -> torch.Tensor:
    return FEATURES.select(photos["row"].tolist())


def test_without_such_photos_there_are_no_scores(files):
    none = select_new_tags(files, VOCABULARY, users(), features()).iloc[:0]
    assert score_new_tags({"a": []}, none, FEATURES, users(), VOCABULARY, SETTINGS) == {}
