"""What is in a shard is what the corpus had, byte for byte; what is not in it is listed."""

import hashlib

import pytest

from phototags.photos.packing import RENDERED_SIDE, PhotoFile, pack_photos
from phototags.photos.shards import read_members

CAPS = {"max_pixels": 1000, "max_bytes": 5000}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"/>'
DRAWN_CAPS = {"max_pixels": RENDERED_SIDE**2, "max_bytes": 10**6}


def test_pictures_keep_their_bytes_rows_and_order(tmp_path, make_picture):
    contents = {7: make_picture(), 9: make_picture("JPEG"), 12: make_picture("GIF")}
    found = [PhotoFile(row, f"p{row}", content) for row, content in contents.items()]
    table, drops = pack_photos(found, tmp_path / "00001.tar", **CAPS)
    assert dict(read_members(tmp_path / "00001.tar")) == contents
    assert table["file"].tolist() == [
        "00001.tar/00000007.png",
        "00001.tar/00000009.jpg",
        "00001.tar/00000012.gif",
    ]
    digests = [hashlib.sha256(content).hexdigest() for content in contents.values()]
    assert table["sha256"].tolist() == digests
    assert table[["width", "height"]].drop_duplicates().values.tolist() == [[8, 6]]
    assert drops == []


def test_the_same_pictures_are_the_same_bytes(tmp_path, make_picture):
    found = [PhotoFile(0, "a", make_picture()), PhotoFile(1, "b", make_picture("WEBP"))]
    for name in ("one", "two"):
        pack_photos(found, tmp_path / name / "00000.tar", **CAPS)
    one, two = ((tmp_path / name / "00000.tar").read_bytes() for name in ("one", "two"))
    assert one == two


def test_every_refusal_is_listed_with_its_reason(tmp_path, make_picture):
    found = [
        PhotoFile(0, "gone", None),
        PhotoFile(1, "page", b"<html>404</html>"),
        PhotoFile(2, "half", make_picture("PNG", size=(30, 30))[:-20]),
        PhotoFile(3, "wide", make_picture(size=(8001, 1))),
        PhotoFile(4, "long", make_picture() + bytes(5000)),
        PhotoFile(5, "good", make_picture()),
    ]
    table, drops = pack_photos(found, tmp_path / "00000.tar", **CAPS)
    assert table["row"].tolist() == [5]
    assert {drop.photo_id: drop.reason for drop in drops} == {
        "gone": "missing",
        "page": "not_an_image",
        "half": "truncated",
        "wide": "too_many_pixels",
        "long": "too_many_bytes",
    }
    assert {drop.step for drop in drops} == {"pack_photos"}


def test_what_the_cap_refuses_is_drawn_from_its_svg(tmp_path, make_picture):
    large = make_picture(mode="1", size=(4000, 3000), colour="white")
    table, drops = pack_photos(
        [PhotoFile(3, "sign", large, SVG)], tmp_path / "00000.tar", **DRAWN_CAPS
    )
    assert drops == []
    assert table[["width", "height"]].values.tolist() == [[RENDERED_SIDE, RENDERED_SIDE]]
    ((row, content),) = read_members(tmp_path / "00000.tar")
    assert row == 3
    assert hashlib.sha256(content).hexdigest() == table["sha256"][0]


def test_a_small_picture_is_not_drawn(tmp_path, make_picture):
    pack_photos([PhotoFile(0, "a", make_picture(), SVG)], tmp_path / "00000.tar", **CAPS)
    assert dict(read_members(tmp_path / "00000.tar")) == {0: make_picture()}


@pytest.mark.parametrize("drawing", [b"<svg", b"<!DOCTYPE s [<!ENTITY a 'b'>]><svg>&a;</svg>"])
def test_what_can_be_neither_decoded_nor_drawn_keeps_the_first_reason(
    tmp_path, make_picture, drawing
):
    large = make_picture(mode="1", size=(4000, 3000), colour="white")
    _, (drop,) = pack_photos(
        [PhotoFile(0, "a", large, drawing)], tmp_path / "00000.tar", **DRAWN_CAPS
    )
    assert drop.reason == "too_many_pixels"
    assert "12000000" in drop.detail and "nor could it be drawn" in drop.detail


def test_an_empty_shard_is_a_tar_too(tmp_path):
    table, drops = pack_photos([], tmp_path / "00004.tar", **CAPS)
    assert list(read_members(tmp_path / "00004.tar")) == []
    assert len(table) == len(drops) == 0


def test_a_shard_that_is_broken_off_leaves_nothing(tmp_path, make_picture):
    def found():
        yield PhotoFile(0, "a", make_picture())
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        pack_photos(found(), tmp_path / "00000.tar", **CAPS)
    assert list(tmp_path.iterdir()) == []
