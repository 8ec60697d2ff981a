"""A tagger scored from its files: which test photos are doubted."""

import pandas as pd
import pytest
import torch

from phototags.evaluation.score_tagger import TestInputs, score_tagger
from phototags.features.duplicates import find_duplicates, read_signatures, write_duplicates
from phototags.features.feature_cache import write_features
from phototags.params.score import Score
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.tagger import save

SETTINGS = Score(bridges=["exact"], min_test_photos=1, resamples=9, seed=0)
TAGS = ["sea", "sun"]


@pytest.fixture
def files(tmp_path):
    """Four photos of TAGS; 0 and 1 are trained on, 2 and 3 test; 2 is 0 again."""
    rows = torch.arange(4)
    hashes, features = torch.tensor([0, -1, 0, 255]), torch.eye(4)
    features[2] = features[0]
    write_features(tmp_path / "features.safetensors", rows, features, "none", hashes)
    photos = pd.DataFrame({"row": range(4), "photo_id": list("abcd"), "user_id": None})
    photos["tags"] = [["sea"], ["sun"], ["sea"], ["sea", "sun"]]
    photos.to_parquet(tmp_path / "tags.parquet")
    write_split(tmp_path, "train")
    save(FrequencyTagger(torch.tensor([3, 2])), {"system": {"model": "frequency"}, "features": 4},
         tmp_path)  # fmt: skip
    return tmp_path


def write_split(folder, part_of_first):
    parts = [part_of_first, "train", "test", "test"]
    split = pd.DataFrame({"row": range(4), "photo_id": list("abcd"), "part": parts})
    split.to_parquet(folder / "split.parquet")


def score(folder):
    files = folder / "tags.parquet", folder / "split.parquet"
    test = TestInputs("c", [folder / "features.safetensors"], *files, folder / "pairs.tsv")
    (result,) = score_tagger(folder, "c", files, TAGS, [test], SETTINGS, wordnet="none")
    return result.scores.set_index(["metric", "k"])["value"]


def test_photos_are_doubted_where_their_duplicates_were_learned_from_and_only_there(files):
    features = [files / "features.safetensors"]
    train, test = (
        read_signatures(files / "split.parquet", {part}, features) for part in ("train", "test")
    )
    pairs = find_duplicates(train, test, max_hash_distance=2, min_cosine=0.9)
    assert pairs[["train_row", "test_row"]].to_numpy().tolist() == [[0, 2]]
    write_duplicates(files / "pairs.tsv", pairs)
    learned = score(files)
    assert learned["precision", 1] == 1
    assert learned["precision_lower_bound", 1] == 0.5  # photo 2 counts as an error
    write_split(files, "removed")
    assert score(files)["precision_lower_bound", 1] == 1
