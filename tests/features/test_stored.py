"""Features that stay in their files are found as those in memory are."""

import pytest
import torch

from phototags.errors import ModelError
from phototags.features.feature_cache import open_features, write_features


def test_each_row_is_found_in_its_shard_in_the_order_asked(tmp_path):
    rows, matrix = torch.tensor([[4, 0, 3], [9, 1, 7]]), torch.arange(12.0).reshape(2, 3, 2)
    for name, own, features in zip("ba", rows, matrix, strict=True):
        write_features(tmp_path / name, own, features, "b0")
    stored = open_features([tmp_path / "b", tmp_path / "a"])
    expected = dict(zip(rows.flatten().tolist(), matrix.reshape(6, 2).tolist(), strict=True))
    assert stored.rows.tolist() == sorted(expected)
    asked = [9, 0, 9, 3, 7]
    assert stored.select(asked).tolist() == [expected[row] for row in asked]
    assert stored.select([]).shape == (0, 2)
    for row in (-1, 5, 10):
        with pytest.raises(ModelError, match=f"row {row} first"):
            stored.select([4, row])


def test_a_shard_without_photos_is_no_hindrance(tmp_path):
    write_features(tmp_path / "a", torch.tensor([], dtype=torch.int64), torch.zeros(0, 2), "b0")
    write_features(tmp_path / "b", torch.tensor([4]), torch.ones(1, 2), "b0")
    assert open_features([tmp_path / "a", tmp_path / "b"]).select([4]).tolist() == [[1, 1]]
    assert open_features([tmp_path / "a"]).select([]).shape == (0, 2)


def test_a_row_in_two_shards_and_two_backbones_are_refused(tmp_path):
    write_features(tmp_path / "a", torch.tensor([1]), torch.ones(1, 2), "b0")
    write_features(tmp_path / "b", torch.tensor([1]), torch.ones(1, 2), "b0")
    write_features(tmp_path / "c", torch.tensor([2]), torch.ones(1, 2), "b1")
    with pytest.raises(ModelError, match="row 1 has them in two"):
        open_features([tmp_path / "a", tmp_path / "b"])
    with pytest.raises(ModelError, match="one backbone"):
        open_features([tmp_path / "a", tmp_path / "c"])
    with pytest.raises(ModelError, match="no file"):
        open_features([])
