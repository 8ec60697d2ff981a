"""A file's kind is its content's, not its name's; what is not read is counted by its kind."""

import io

import pytest
from PIL import Image

from phototags.photos.picture_files import list_pictures


@pytest.fixture
def names(tmp_path):
    def listed(**files):
        for name, content in files.items():
            (tmp_path / name.replace("_dot_", ".")).write_bytes(content)
        found = list_pictures([str(tmp_path)])
        return [photo.removeprefix(f"{tmp_path}/") for photo in found.photos], found

    return listed


def tiff(**tags):
    content = io.BytesIO()
    tags = {int(name[1:]): value for name, value in tags.items()}
    Image.new("RGB", (16, 12)).save(content, "TIFF", tiffinfo=tags)
    return content.getvalue()


@pytest.mark.parametrize("name", ["a_dot_heic", "a_dot_txt", "a", "a_dot_jfif", "a_dot_png"])
def test_a_jpeg_of_any_name_is_a_picture(names, make_picture, name):
    assert names(**{name: make_picture("JPEG")})[0] == [name.replace("_dot_", ".")]


def test_a_damaged_picture_is_listed_for_its_error_and_other_files_are_not(names):
    found = names(
        a_dot_jpg=b"<html>", b_dot_txt=b"text", c_dot_mp4=b"\0\0\0\x18ftypmp42" + bytes(9)
    )
    assert found[0] == ["a.jpg"]
    assert not found[1].unread


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(300), "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic" + bytes(300), "HEIC"),
        (b"\0\0\0\x18ftypcrx " + bytes(300), "RAW"),
        (b"\xff\x0a" + bytes(300), "JPEG XL"),
        (b"BM" + bytes(300), "BMP"),
        (tiff(t254=1), "RAW"),
        (tiff(t50706=b"\1\4\0\0"), "RAW"),
    ],
)
def test_kinds_that_are_not_read_are_counted_whatever_their_names(names, content, kind):
    for name in ("a_dot_jpg", "a_dot_dat"):
        photos, found = names(**{name: content})
        assert photos == []
        assert set(found.unread) == {kind}


def test_a_raw_file_whose_structure_does_not_tell_is_known_by_its_name(names):
    assert names(a_dot_nef=tiff())[1].unread == {"RAW": 1}
    assert names(a_dot_tif=tiff())[0] == ["a.tif"]


def test_a_folder_without_pictures_is_named(tmp_path):
    assert list_pictures([str(tmp_path)]).empty == [str(tmp_path)]
