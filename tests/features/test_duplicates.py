"""What a test photo shows is found among the photos learned from, however it was saved again."""

import io

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from phototags.errors import ModelError
from phototags.evaluation.metrics.run_tables import count_drops
from phototags.features import duplicates as module
from phototags.features.duplicates import (
    COLUMNS,
    SPLIT,
    Signatures,
    find_duplicates,
    read_duplicates,
    read_signatures,
    remove_duplicates,
    write_duplicates,
)
from phototags.features.embed_photos import perceptual_hash
from phototags.features.feature_cache import Features, read_features, read_hashes, write_features
from phototags.photos.decoding import decode
from phototags.photos.photo_table import write_drops, write_table


@pytest.fixture
def photos():
    """20 pictures of smooth colours (20, 3, 300, 400), no two alike."""
    coarse = torch.rand(20, 3, 6, 8, generator=torch.Generator().manual_seed(3))
    smooth = torch.nn.functional.interpolate(coarse, (300, 400), mode="bicubic")
    return (smooth.clamp(0, 1) * 255).byte()


def saved_again(photo, size, quality):
    content = io.BytesIO()
    picture = Image.fromarray(photo.permute(1, 2, 0).numpy())
    picture.resize(size).save(content, "JPEG", quality=quality)
    return decode(content.getvalue(), 10**7, 10**7)


def bits(one: int, other: int) -> int:
    return bin((one ^ other) & (2**64 - 1)).count("1")


@pytest.mark.parametrize(("size", "quality"), [((400, 300), 30), ((130, 98), 80), ((800, 600), 90)])
def test_a_copy_is_nearer_than_any_other_picture(photos, size, quality):
    hashes = [perceptual_hash(photo) for photo in photos]
    for place, photo in enumerate(photos):
        copy = perceptual_hash(saved_again(photo, size, quality))
        assert bits(copy, hashes[place]) <= 4
        others = [bits(copy, one) for other, one in enumerate(hashes) if other != place]
        assert min(others) > 10


def looks(hashes, features, first_row=0):
    hashes = np.array(hashes, np.uint64)
    rows = np.arange(first_row, first_row + len(hashes))
    features = Features(torch.tensor(rows), torch.tensor(features).float())
    return Signatures(rows, np.array([f"p{row}" for row in rows], object), hashes, features)


def test_features_are_compared_in_chunks_of_any_size(monkeypatch):
    generator = np.random.default_rng(0)
    learned = looks(np.zeros(9, np.uint64), generator.normal(size=(9, 3)))
    tested = looks(np.zeros(7, np.uint64), generator.normal(size=(7, 3)), first_row=70)
    expected = {
        (one, 70 + other): round(float(a @ b), 4)
        for one, a in enumerate(learned.select_directions(np.arange(9)))
        for other, b in enumerate(tested.select_directions(np.arange(7)))
        if a @ b >= 0.5
    }
    assert 5 < len(expected) < 58
    for chunk in (1, 5, 10**6):
        monkeypatch.setattr(module, "FEATURE_PAIRS", chunk)
        found = find_duplicates(learned, tested, max_hash_distance=0, min_cosine=0.5)
        pairs = list(zip(found["train_row"], found["test_row"], strict=True))
        assert pairs == sorted(expected)
        assert found["similarity"].tolist() == pytest.approx([expected[pair] for pair in pairs])


def test_both_the_hash_and_the_features_must_be_alike():
    learned = looks([0, 0, 0b11111, 2**63], [[1, 0], [0, 1], [1, 0], [1, 0.1]])
    judged = looks([0], [[1, 0]], first_row=70)
    found = find_duplicates(learned, judged, max_hash_distance=2, min_cosine=0.9)
    assert list(found.columns) == list(COLUMNS)
    assert found.drop(columns="similarity").values.tolist() == [
        [0, "p0", 70, "p70", 0],
        [3, "p3", 70, "p70", 1],
    ]
    assert found["similarity"].tolist() == pytest.approx([1, 1 / 1.01**0.5], abs=1e-4)


def test_nothing_is_found_among_nothing(tmp_path):
    nothing = looks(np.zeros(0, np.uint64), np.zeros((0, 2)))
    found = find_duplicates(nothing, nothing, max_hash_distance=64, min_cosine=-1)
    write_duplicates(tmp_path / "duplicates.tsv", found)
    assert read_duplicates(tmp_path / "duplicates.tsv").columns.to_list() == list(COLUMNS)
    split = pd.DataFrame({"row": [1], "photo_id": ["a"], "part": ["train"]})
    kept, drops = remove_duplicates(split, [read_duplicates(tmp_path / "duplicates.tsv")])
    assert kept["part"].tolist() == ["train"]
    assert drops == []


def test_hashes_come_back_with_their_photos_whatever_the_order_of_shards(tmp_path):
    rows, hashes = torch.tensor([5, 9]), torch.tensor([-1, 7])
    write_features(tmp_path / "b", rows, torch.ones(2, 2), "b0", hashes)
    write_features(tmp_path / "a", torch.tensor([2]), torch.ones(1, 2), "b0", torch.tensor([3]))
    files = [tmp_path / "b", tmp_path / "a"]
    assert read_features(files).rows.tolist() == [2, 5, 9]
    assert read_hashes(files).tolist() == [3, -1, 7]
    parts = ["train", "validation", "test", "train"]
    frame = pd.DataFrame({"row": [2, 5, 9, 11], "photo_id": list("wxyz"), "part": parts})
    write_table(tmp_path / "split.parquet", frame, SPLIT)
    found = read_signatures(tmp_path / "split.parquet", ("train", "validation"), files)
    assert found.rows.tolist() == [2, 5]  # row 11 has no features
    assert found.photo_ids.tolist() == ["w", "x"]
    assert found.hashes.tolist() == [3, 2**64 - 1]
    lengths = np.linalg.norm(found.select_directions(np.array([1, 0])), axis=1)
    assert lengths == pytest.approx([1, 1])


def test_features_of_an_older_version_are_refused(tmp_path):
    write_features(tmp_path / "a", torch.tensor([2]), torch.ones(1, 2), "b0")
    with pytest.raises(ModelError, match="hashes"):
        read_hashes([tmp_path / "a"])


def test_near_duplicates_leave_the_training_and_are_counted_once(tmp_path):
    parts = ["train", "validation", "test", "train"]
    split = pd.DataFrame({"row": range(4), "photo_id": list("abcd"), "part": parts})
    one = pd.DataFrame([(0, "a", 8, "x", 2, 0.95), (0, "a", 9, "y", 0, 1.0)], columns=COLUMNS)
    other = pd.DataFrame([(1, "b", 3, "z", 1, 0.99), (0, "a", 4, "u", 1, 0.9)], columns=COLUMNS)
    kept, drops = remove_duplicates(split, [one, other])
    assert kept["part"].tolist() == ["removed", "removed", "test", "train"]
    assert split["part"].tolist() == parts
    (tmp_path / "shapes").mkdir()
    write_drops(tmp_path / "shapes/duplicates.drops.tsv", drops)
    counted = count_drops([tmp_path / "shapes/duplicates.drops.tsv"])
    assert counted.values.tolist() == [["shapes", "find_duplicates", "near_duplicate", 2]]
