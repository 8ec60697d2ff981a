import urllib.parse

import polars as pl
import pytest

from phototags.tags.noise import find_app_tags, find_camera_tags


def pairs(rows):
    return pl.DataFrame(sorted(rows), schema={"tag": pl.String, "user_id": pl.String}, orient="row")


def everyone(tag, people):
    return [(tag, f"u{number:02d}") for number in people]


def test_three_tags_of_the_same_ten_people_are_an_apps():
    rows = [row for tag in ("square", "app", "format") for row in everyone(tag, range(10))]
    rows += everyone("sea", range(5, 15))
    assert find_app_tags(pairs(rows)) == {"app": "format", "format": "app", "square": "app"}


def test_two_words_of_one_name_are_not():
    rows = [row for tag in ("los", "angeles") for row in everyone(tag, range(20))]
    assert find_app_tags(pairs(rows)) == {}


def test_nine_people_may_agree():
    rows = [row for tag in ("a", "b", "c") for row in everyone(tag, range(9))]
    assert find_app_tags(pairs(rows)) == {}


def test_a_filter_used_only_with_the_app_is_the_apps():
    rows = [row for tag in ("square", "app", "format") for row in everyone(tag, range(20))]
    rows += everyone("x-pro ii", range(5)) + everyone("beach", range(15, 25))
    found = find_app_tags(pairs(rows))
    assert "x-pro ii" in found and "beach" not in found


def test_no_people_no_apps():
    assert find_app_tags(pairs([])) == {}


def with_cameras(rows):
    return pl.DataFrame(
        rows, schema={"tag": pl.String, "user_id": pl.String, "camera": pl.String}, orient="row"
    )


def test_a_tag_that_stands_in_the_cameras_name_is_found():
    cameras = ["NIKON CORPORATION NIKON D90", "Canon EOS 7D", "Apple iPhone 4"]
    rows = [("nikon", f"u{n}", cameras[0]) for n in range(3)]
    rows += [("canon eos 7d", f"u{n}", cameras[1]) for n in range(3)]
    rows += [("sunset", f"u{n}", camera) for n, camera in enumerate(cameras)]
    assert find_camera_tags(with_cameras(rows)) == {"nikon", "canon eos 7d"}


def test_half_of_the_users_must_own_what_they_name():
    rows = [("apple", "u0", "Apple iPhone"), ("apple", "u1", "Canon"), ("apple", "u2", "Canon")]
    assert find_camera_tags(with_cameras(rows)) == set()


def test_a_user_counts_once_however_many_photos():
    rows = [("digital", "u0", "Canon DIGITAL IXUS")] * 1
    rows += [("digital", "u0", f"Canon DIGITAL IXUS {n}") for n in range(50)]
    rows += [("digital", f"u{n}", "Nikon") for n in range(1, 4)]
    assert find_camera_tags(with_cameras(rows)) == set()


def test_photos_without_metadata_say_nothing():
    assert find_camera_tags(with_cameras([("nikon", f"u{n}", None) for n in range(5)])) == set()


@pytest.fixture(scope="module")
def yfcc(real_mirror, clean_table):
    rows = []
    with open(real_mirror / "yfcc100m_rows/yfcc100m_dataset_4k.tsv", encoding="utf-8") as file:
        for row, line in enumerate(file):
            fields = line.rstrip("\n").split("\t")
            tags = fields[10].split(",") if fields[10] else []
            camera = urllib.parse.unquote_plus(fields[7]) or None
            rows.append((row, fields[1], fields[3], tags, camera))
    names = ["row", "photo_id", "user_id", "tags", "camera"]
    photos = pl.DataFrame(rows, schema=names, orient="row")
    cleaned, _ = clean_table(photos, 1000)
    cleaned = cleaned.join(photos.select("row", "camera"), on="row")
    return cleaned.explode("tags").rename({"tags": "tag"}).drop_nulls("tag")


def test_instagrams_tags_and_filters_are_found_in_yfcc_and_nothing_else(yfcc):
    assert set(find_app_tags(yfcc)) == {
        *("square", "square format", "instagram app", "iphoneography"),
        *("x-pro ii", "amaro", "normal", "earlybird", "hefe", "lo-fi", "rise"),
    }


def test_makers_and_models_are_found_in_yfcc_and_no_things(yfcc):
    found = find_camera_tags(yfcc)
    assert found >= {"nikon", "canon", "sony", "olympus", "iphone", "d90", "canon eos 400d"}
    assert not found & {"camera", "digital", "film", "square", "city", "raw", "apple", "palm"}
    assert len(found) == 39
