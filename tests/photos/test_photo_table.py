"""The photo table and the drops come back as they were written, byte for byte."""

import io

import pandas as pd
import pytest

from phototags.errors import CorpusError
from phototags.photos.photo_table import (
    PHOTOS,
    Drop,
    make_photo_table,
    read_drops,
    read_photos,
    write_drops,
    write_photos,
)


def two_photos():
    return make_photo_table(
        [
            {"photo_id": "a", "user_id": "ann", "tags": ["sea", "été"], "longitude": 1.5},
            {"photo_id": "b", "tags": [], "width": 3, "height": 2, "sha256": "0f"},
        ]
    )


def test_photos_come_back_as_written(tmp_path):
    write_photos(tmp_path / "photos.parquet", two_photos())
    read = read_photos(tmp_path / "photos.parquet")
    assert list(read.columns) == PHOTOS.names
    assert read["tags"].tolist() == [["sea", "été"], []]
    assert read["row"].tolist() == [0, 1]
    assert read["user_id"].isna().tolist() == [False, True]
    pd.testing.assert_frame_equal(read, two_photos())


def test_the_same_photos_are_the_same_bytes(tmp_path):
    write_photos(tmp_path / "one", two_photos())
    write_photos(tmp_path / "two", read_photos(tmp_path / "one"))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_an_empty_table_keeps_its_columns(tmp_path):
    write_photos(tmp_path / "photos.parquet", make_photo_table([]))
    assert list(read_photos(tmp_path / "photos.parquet").columns) == PHOTOS.names


def test_a_table_of_other_columns_is_refused_by_name(tmp_path):
    pd.DataFrame({"picture": [1]}).to_parquet(tmp_path / "photos.parquet")
    with pytest.raises(CorpusError, match="photo_id.*picture"):
        read_photos(tmp_path / "photos.parquet")


def test_a_half_file_is_refused(tmp_path):
    write_photos(tmp_path / "photos.parquet", two_photos())
    content = (tmp_path / "photos.parquet").read_bytes()
    (tmp_path / "photos.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(CorpusError, match="Remove it"):
        read_photos(tmp_path / "photos.parquet")


def test_drops_come_back_with_blanks_as_single_spaces(tmp_path):
    drops = [Drop("pack_photos", 'a"b', "truncated", "ends\tat\nbyte 7"), Drop("x", "c", "y")]
    write_drops(tmp_path / "drops.tsv", drops)
    read = read_drops(tmp_path / "drops.tsv")
    assert read == [Drop("pack_photos", 'a"b', "truncated", "ends at byte 7"), drops[1]]
    assert len((tmp_path / "drops.tsv").read_text().splitlines()) == 3


def test_a_table_that_is_no_list_of_drops_is_refused(tmp_path):
    (tmp_path / "drops.tsv").write_text("photo\treason\na\tb\n")
    with pytest.raises(CorpusError, match="step"):
        read_drops(tmp_path / "drops.tsv")


def test_drops_hold_no_address_that_differs_from_run_to_run(tmp_path):
    drops = [Drop("embed_photos", "a", "undecodable", f"no image in {io.BytesIO()}")]
    write_drops(tmp_path / "drops.tsv", drops)
    assert read_drops(tmp_path / "drops.tsv")[0].detail == "no image in <_io.BytesIO object>"
