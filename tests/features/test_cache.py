"""Features come back as they were written, found by row, whatever the order of the files."""

import pytest
import torch

from phototags.errors import ModelError, PhototagsError
from phototags.features.feature_cache import Features, read_features, write_features


def test_shards_in_any_order_come_back_sorted_by_row(tmp_path):
    features = torch.arange(8.0).reshape(4, 2)
    write_features(tmp_path / "a", torch.tensor([0, 3]), features[:2], "b0")
    write_features(tmp_path / "b", torch.tensor([7, 9]), features[2:], "b0")
    found = read_features([tmp_path / "b", tmp_path / "a"])
    assert found.rows.tolist() == [0, 3, 7, 9]
    assert torch.equal(found.matrix, features)
    assert torch.equal(found.select([9, 0]), features[[3, 0]])


def test_the_same_features_are_the_same_bytes(tmp_path):
    for name in "ab":
        write_features(tmp_path / name, torch.tensor([1]), torch.ones(1, 2), "b0")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_shard_without_photos_is_no_hindrance(tmp_path):
    write_features(tmp_path / "a", torch.tensor([], dtype=torch.int64), torch.zeros(0, 2), "b0")
    write_features(tmp_path / "b", torch.tensor([4]), torch.ones(1, 2), "b0")
    assert read_features([tmp_path / "a", tmp_path / "b"]).rows.tolist() == [4]
    nothing = read_features([tmp_path / "a"])
    assert nothing.select([]).shape == (0, 2)
    with pytest.raises(ModelError, match="row 4 first"):
        nothing.select([4])


def test_a_row_without_features_is_refused_with_the_count():
    features = Features(torch.tensor([1, 5]), torch.zeros(2, 3))
    with pytest.raises(ModelError, match="2 of 3 have none, row 2 first"):
        features.select([1, 2, 6])


def test_a_row_in_two_shards_is_refused(tmp_path):
    for name in "ab":
        write_features(tmp_path / name, torch.tensor([1]), torch.ones(1, 2), "b0")
    with pytest.raises(ModelError, match="row 1 has them in two"):
        read_features([tmp_path / "a", tmp_path / "b"])


def test_features_of_two_backbones_are_refused(tmp_path):
    write_features(tmp_path / "a", torch.tensor([1]), torch.ones(1, 2), "b0")
    write_features(tmp_path / "b", torch.tensor([2]), torch.ones(1, 2), "b1")
    with pytest.raises(ModelError, match=r"one backbone.*b0, 2 wide.*b1, 2 wide"):
        read_features([tmp_path / "a", tmp_path / "b"])


def test_a_damaged_file_is_an_error(tmp_path):
    (tmp_path / "a").write_bytes(b"damaged")
    with pytest.raises(PhototagsError):
        read_features([tmp_path / "a"])
