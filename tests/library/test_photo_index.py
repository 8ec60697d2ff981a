"""What a search finds: all words must hold, what the owner wrote is certain, unwanted goes."""

import os
from contextlib import closing
from math import exp
from pathlib import Path

import numpy as np
import pytest

from phototags.errors import ModelError
from phototags.library.own_search import select_files
from phototags.library.photo_index import PhotoIndex
from phototags.library.scan import is_below
from phototags.library.store import open_store
from phototags.library.vectors import PhotoVectors
from tests.library.colour_tagger import STEEPNESS, make_png


def sigmoid(share):
    return 1 / (1 + exp(-STEEPNESS * (share - 0.5)))


def find(home, words="", **options):
    with PhotoIndex.open(home.index) as index:
        return index.search(words, **options)


def test_the_score_of_several_words_is_the_product_of_their_probabilities(home):
    home.add("plum.png", (255, 0, 153))  # 1 of red, 0.6 of blue
    home.update()
    photo = find(home, "red blue").photos[0]
    assert Path(photo.path).name == "plum.png"
    assert photo.score == pytest.approx(sigmoid(1) * sigmoid(0.6), abs=2e-3)
    assert dict(photo.tags) == pytest.approx({"red": sigmoid(1), "blue": sigmoid(0.6)}, abs=1e-3)
    assert len(find(home, "red blue").photos) == 1  # rose.png is not blue, sky.png is not red


@pytest.mark.parametrize("words", ["red -blue", "red not blue", "red without a blue"])
def test_unwanted_words_are_subtracted(home, words):
    home.add("plum.png", (255, 0, 153))
    home.update()
    assert sorted(home.search("red")) == ["plum.png", "rose.png"]
    assert home.search(words) == home.search("red", without=["blue"]) == ["rose.png"]


def test_unwanted_words_alone_find_the_others(home):
    home.update()
    assert home.search("-red -green") == ["sky.png"]


def test_what_the_owner_wrote_comes_before_what_was_learned(home):
    home.add("a red barn.png", "blue", 1)
    home.update()
    assert home.search("red") == ["a red barn.png", "rose.png"]
    assert home.search("red", own_only=True) == ["a red barn.png"]
    assert home.search("barns", own_only=True) == ["a red barn.png"]
    assert find(home, "red").photos[0].score == 1


@pytest.mark.parametrize("words", ["photos of reds", "a picture of the red", "Red", "RED!"])
def test_small_words_and_plurals_are_as_typed(home, words):
    home.update()
    assert home.search(words) == ["rose.png"]


def test_a_word_that_means_nothing_here_is_said_and_finds_nothing(home):
    home.update()
    result = find(home, "zebra")
    assert not result.photos and result.notes == ("'zebra' is no tag and no keyword: left out",)


def test_a_word_that_no_photo_holds_finds_nothing(home):
    (home.photos / "sky.png").unlink()
    home.update()
    assert home.search("blue") == []


def test_folders_and_dates_limit_a_search(home):
    from PIL import Image

    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:07:14 10:30:05"
    Image.new("RGB", (40, 30), "red").save(home.photos / "old.jpg", exif=exif)
    home.update()
    assert home.search("red", since="2019") == home.search("red", since="2019-07-14") == ["old.jpg"]
    assert home.search("red", since="2019-07-15") == []
    assert home.search("-zebra -blue", within=str(home.photos / "sub")) == ["grass.png"]
    assert home.search("red", within=str(home.photos / "su")) == []


@pytest.mark.parametrize("within", ["/a/b", "/a/b/", "/a", "/", "/a/b/c.jpg", "/none", "/a/\udce9"])
def test_a_folder_holds_the_files_that_a_loop_finds_below_it(tmp_path, within):
    paths = [
        "/a/b/c.jpg",
        "/a/b",
        "/a/b-c/d.jpg",
        "/a/b.jpg",
        "/a/b0.jpg",
        "/a/bc.jpg",
        "/a/B/c.jpg",
    ]
    paths += ["/a/b/\xe9.jpg", "/a/b/\udcff.jpg", "/a/\udce9/c.jpg", "/z.jpg", "/a/b/c/d/e.jpg"]
    with closing(open_store(tmp_path, create=True)) as store:
        for number, path in enumerate(paths, 1):
            store.execute("INSERT INTO contents (id, sha256) VALUES (?, ?)", (number, str(number)))
            store.execute(
                "INSERT INTO files (path, stamp, content, keywords, title, taken) "
                "VALUES (?, '', ?, '', '', '2020')",
                (os.fsencode(path), number),
            )
        found = set(select_files(store, "", within).tolist())
    assert found == {
        number for number, path in enumerate(paths, 1) if is_below(path, within.rstrip("/") or "/")
    }


def test_places_of_contents_are_those_of_a_loop():
    nothing = np.zeros((0, 0), np.float16)
    photos = np.array([2, 3, 7, 20])
    vectors = PhotoVectors(Path(), photos, nothing, nothing, nothing, None)
    asked = [21, 7, 0, 3, 7, 4]
    expected = [list(photos).index(one) for one in asked if one in photos]
    assert vectors.find_places(np.array(asked)).tolist() == expected
    assert not len(
        PhotoVectors(Path(), photos[:0], nothing, nothing, nothing, None).find_places(np.array([1]))
    )


def test_likeness_orders_by_the_cosine_and_leaves_the_photo_itself_out(home):
    home.add("plum.png", (255, 0, 153))
    home.update()
    assert home.search(like=str(home.photos / "rose.png"))[0] == "plum.png"
    assert home.search("red", like=str(home.photos / "sky.png")) == ["plum.png", "rose.png"]


def test_a_photo_outside_the_index_can_be_compared(home, tmp_path):
    home.update()
    (tmp_path / "pink.png").write_bytes(make_png((255, 60, 60)))
    found = find(home, like=str(tmp_path / "pink.png"), top=1).photos[0]
    assert Path(found.path).name == "rose.png"
    cosine = 255 / (255**2 + 2 * 60**2) ** 0.5
    assert found.score == pytest.approx(cosine, abs=1e-3)
    with pytest.raises(ModelError, match="unreadable"):
        find(home, like=str(tmp_path / "none.png"))


def test_copies_are_named_with_the_photo(home):
    home.add("b.png", "red", 1)
    home.add("a.png", "red", 1)
    home.update()
    copies = {Path(one.path).name: one.copies for one in find(home, "red").photos}
    assert copies == {"a.png": (str(home.photos / "b.png"),), "rose.png": ()}


def test_an_index_that_is_being_updated_answers_from_its_last_state(home):
    home.update()
    with PhotoIndex.open(home.index) as index:
        home.add("wine.png", (200, 0, 0))
        (home.photos / "rose.png").unlink()
        home.update()
        assert [Path(one.path).name for one in index.search("red").photos] == []
    assert home.search("red") == ["wine.png"]
