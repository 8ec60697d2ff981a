"""A damaged, foreign or newer index is refused by name, with what to do."""

import sqlite3

import numpy as np
import pytest

from phototags.errors import ModelError
from phototags.library.photo_index import PhotoIndex


def store_of(home):
    return home.index / "index.sqlite"


def test_a_missing_index_is_reported_with_the_command_that_makes_one(home):
    with pytest.raises(ModelError, match="phototags index FOLDER"):
        PhotoIndex.open(home.index)


@pytest.mark.parametrize(
    "content", [b"", b"no database at all" * 200, b"SQLite format 3\0" + bytes(4000)]
)
def test_what_is_no_database_is_refused(home, content):
    home.index.mkdir()
    store_of(home).write_bytes(content)
    with pytest.raises(ModelError, match="index"):
        PhotoIndex.open(home.index)


def test_a_database_of_another_program_is_refused_and_not_changed(home):
    home.index.mkdir()
    with sqlite3.connect(store_of(home)) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    before = store_of(home).read_bytes()
    for use in (lambda: PhotoIndex.open(home.index), home.update):
        with pytest.raises(ModelError, match="another program"):
            use()
    assert store_of(home).read_bytes() == before


def test_an_index_of_a_newer_version_asks_for_an_update(home):
    home.update()
    with sqlite3.connect(store_of(home)) as store:
        store.execute("PRAGMA user_version = 99")
    store.close()
    for use in (lambda: PhotoIndex.open(home.index), home.update):
        with pytest.raises(ModelError, match="version 99.*Update phototags"):
            use()


def test_a_store_with_overwritten_pages_is_an_error_of_ours(home):
    home.update()
    content = bytearray(store_of(home).read_bytes())
    content[20_000:] = b"\xa5" * len(content[20_000:])
    store_of(home).write_bytes(content)
    with pytest.raises(ModelError, match="Remove .* and run `phototags index` again"):
        home.search("red")


def test_a_changed_number_is_noticed_by_the_search_that_reads_it(home):
    home.update()
    path = next(home.index.glob("vectors-*")) / "probabilities.npy"
    sound = path.read_bytes()
    rows = np.load(path).nbytes
    for at in range(len(sound) - rows, len(sound)):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        with PhotoIndex.open(home.index) as index, pytest.raises(ModelError, match="as written"):
            for tag in range(len(index.tags)):
                index.vectors.read_probabilities(tag)


@pytest.mark.parametrize("name", ["photos.npy", "probabilities.npy", "sums.npy"])
@pytest.mark.parametrize("damage", ["missing", "cut", "other shape", "pickle"])
def test_damaged_vectors_are_refused_and_made_again(home, name, damage):
    home.update()
    folder = next(home.index.glob("vectors-*"))
    path = folder / name
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "other shape":
        np.save(path, np.zeros((7, 7)))
    else:
        np.save(path, np.array([{}], object), allow_pickle=True)
    with pytest.raises(ModelError, match="vectors.*without looking at photos"):
        home.search("red")
    home.update()
    assert home.search("red") == ["rose.png"]
