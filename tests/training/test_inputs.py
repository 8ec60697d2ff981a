"""Which photos training sees."""

import pandas as pd
import pytest
import torch

from phototags.features.feature_cache import Features
from phototags.systems.random import Random
from phototags.tags.padding import multi_hot
from phototags.training.inputs import TrainInputs, select_photos
from phototags.training.run_job import describe_tagger

TAGS = pd.DataFrame(
    {
        "row": [0, 1, 2, 3, 4],
        "photo_id": list("abcde"),
        "user_id": [None] * 5,
        "tags": [["sea"], ["sky", "sea"], ["unheard of"], ["sea"], ["sky"]],
    }
)
SPLIT = pd.DataFrame(
    {
        "row": [4, 3, 2, 1, 0],
        "photo_id": list("edcba"),
        "part": ["test", "validation", "train", "train", "train"],
    }
)
FEATURES = Features(torch.tensor([1, 2, 3, 4]), torch.tensor([[1.0], [2.0], [3.0], [4.0]]))


def photos_of(part: str):
    return select_photos(part, TAGS, SPLIT, FEATURES, ["sky", "sea"])


def test_a_photo_without_known_tags_is_left_out_and_counted_never_taught_as_the_last_tag():
    photos = photos_of("train")
    assert photos.ids == ["b"]  # a has no features, c no known tag
    assert photos.features.tolist() == [[1.0]]
    assert photos.tags.tolist() == [[0, 1]]
    assert photos.rows == [1]
    assert photos.n_left_out == 1
    assert photos.counts(2).tolist() == [1, 1]


def test_parts_keep_apart():
    assert photos_of("validation").ids == ["d"]
    with pytest.raises(ValueError, match="never sees test photos"):
        photos_of("test")


def test_a_part_without_photos_is_empty_not_an_error():
    photos = select_photos("validation", TAGS, SPLIT[SPLIT.part != "validation"], FEATURES, ["sea"])
    assert len(photos) == 0
    assert photos.relevant(1).shape == (0, 1)


def test_the_config_counts_what_was_left_out():
    parts = photos_of("train"), photos_of("validation")
    config = describe_tagger(Random(model="random"), TrainInputs(["a", "b"], None, parts, None))
    assert config["photos"]["train_without_known_tags"] == 1
    assert (config["features"], config["tags"]) == (1, 2)


def test_multi_hot_equals_a_loop():
    tags = torch.tensor([[0, 2, -1], [1, -1, -1]])
    expected = [[t in row for t in range(3)] for row in tags.tolist()]
    assert multi_hot(tags, 3).tolist() == expected
