"""Folders hold people's files and systems' copies; one rule tells them apart, and links end."""

import os
from collections import Counter

import pytest

from phototags.photos.folders import drop_system_paths, is_system_name, list_files


def make_files(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a")


def names_in(folder, **options):
    return [str(path.relative_to(folder)) for path in list_files(folder, **options).files]


SYSTEMS = {
    "Synology": ["@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "#recycle/a.jpg", "SYNOPHOTO_THUMB_M.jpg"],
    "QNAP": [".@__thumb/a.jpg", "@Recycle/a.jpg", "@Recently-Snapshot/a.jpg"],
    "macOS": [
        "._a.jpg",
        ".Trashes/501/a.jpg",
        "__MACOSX/._a.jpg",
        ".DS_Store",
        ".AppleDouble/a.jpg",
    ],
    "Windows": [
        "$RECYCLE.BIN/S-1-5/a.jpg",
        "Thumbs.db",
        "System Volume Information/a",
        "desktop.ini",
    ],
    "Linux": [
        ".thumbnails/large/a.png",
        ".Trash-1000/files/a.jpg",
        "lost+found/a.jpg",
        ".dtrash/a.jpg",
    ],
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_copies_of_every_system_are_passed_over_in_folders_and_in_archives_alike(tmp_path, system):
    own = ["2023/a.jpg", "2023/#1 best/b.jpg", "@home/c.jpg", "a.b/c.d.jpg"]
    copies = [*SYSTEMS[system], *(f"2023/{name}" for name in SYSTEMS[system])]
    make_files(tmp_path, *own, *copies)
    assert names_in(tmp_path) == sorted(own)
    kept, passed_over = drop_system_paths([*own, *copies])
    assert kept == own
    assert passed_over == list_files(tmp_path).passed_over
    assert sum(passed_over.values()) == 2 * len(SYSTEMS[system])


def test_only_what_lies_below_the_given_folder_is_judged(tmp_path):
    make_files(tmp_path / ".thumbnails", "a.jpg")
    assert names_in(tmp_path / ".thumbnails") == ["a.jpg"]
    assert not is_system_name("a.jpg") and is_system_name(".a.jpg")


def test_links_to_albums_and_photos_are_followed(tmp_path):
    make_files(tmp_path, "real/1.jpg", "links/2.jpg")
    os.symlink("../real", tmp_path / "links/2023")
    os.symlink("../real/1.jpg", tmp_path / "links/one.jpg")
    assert names_in(tmp_path / "links") == ["2.jpg", "2023/1.jpg", "one.jpg"]


def test_circles_of_links_end_and_each_folder_is_read_once(tmp_path):
    make_files(tmp_path, "a/1.jpg", "b/2.jpg")
    os.symlink("..", tmp_path / "a/up")
    os.symlink("../b", tmp_path / "a/b")
    os.symlink("../a", tmp_path / "b/a")
    os.symlink("self", tmp_path / "self")
    os.symlink("nowhere", tmp_path / "broken.jpg")
    found = list_files(tmp_path)
    assert names_in(tmp_path) == ["a/1.jpg", "b/2.jpg"]
    assert found.passed_over == Counter(
        {"links to folders that are read anyway": 3, "links that lead nowhere": 2}
    )


def test_links_out_of_a_folder_are_listed_and_not_followed_where_that_is_asked(tmp_path):
    make_files(tmp_path, "mirror/images/1.jpg", "mirror/more/2.jpg", "secret/3.jpg")
    os.symlink("../../secret", tmp_path / "mirror/images/out")
    os.symlink("../../secret/3.jpg", tmp_path / "mirror/images/3.jpg")
    os.symlink("../more", tmp_path / "mirror/images/in")
    found = list_files(tmp_path / "mirror/images", tmp_path / "mirror")
    assert [path.name for path in found.files] == ["1.jpg", "2.jpg"]
    assert [path.name for path in found.outside] == ["3.jpg", "out"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_is_counted(tmp_path):
    make_files(tmp_path, "a/1.jpg", "b.jpg")
    (tmp_path / "a").chmod(0)
    assert list_files(tmp_path).passed_over["folders that cannot be read"] == 1
