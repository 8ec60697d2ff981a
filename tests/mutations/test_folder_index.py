"""Damage to the index of a folder: named errors or sound answers, whatever is asked of it."""

import shutil

import pytest

from phototags.library.manage import update_index
from phototags.library.photo_index import PhotoIndex
from tests.library.colour_tagger import make_png, patch_backbone, write_tagger


@pytest.fixture
def index(tmp_path_factory, monkeypatch):
    """An index of three photos, outside of the folder that mutants are written into."""
    patch_backbone(monkeypatch.setattr)
    at = tmp_path_factory.mktemp("index")
    monkeypatch.setenv("XDG_DATA_HOME", str(at / "data"))
    (at / "photos").mkdir()
    for name, colour in (("rose", "red"), ("sky", "blue"), ("grass", "#00ff00")):
        (at / "photos" / f"{name}.png").write_bytes(make_png(colour, 0))
    update_index(at / "index", [str(at / "photos")], write_tagger(at / "tagger"), 1)
    return at


def ask(folder):
    """What is found by a tag, an own word, a folder, a date, and what the owner wrote."""
    searches = ("red", {}), ("rose -blue", {}), ("", {"since": "2001"}), ("red", {"own_only": True})
    with PhotoIndex.open(folder) as opened:
        return [opened.search(words, **options).photos for words, options in searches]


def list_files(index):
    return [path.relative_to(index / "index") for path in (index / "index").rglob("*.npy")]


def writer(index, name):
    def write(content, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(index / "index", folder)
        (folder / name).write_bytes(content)

    return write


def test_a_damaged_store_is_a_named_error(survives, index):
    content = (index / "index/index.sqlite").read_bytes()
    survives(content, ask, writer(index, "index.sqlite"))


def test_damaged_vectors_change_no_answer(survives, index, tmp_path):
    """An error, or what the sound files say: never another answer."""
    sound = ask(index / "index")

    def compare(folder):
        assert ask(folder) == sound

    assert list_files(index)
    for name in list_files(index):
        content = (index / "index" / name).read_bytes()
        survives(content, compare, writer(index, name))
        shutil.rmtree(tmp_path / "folder")
