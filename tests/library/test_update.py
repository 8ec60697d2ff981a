"""An index follows its folders: what is new is looked at, nothing else is, what is gone goes."""

import hashlib
import multiprocessing
import os
import shutil
from collections import Counter

import numpy as np
import pytest

from phototags.errors import ModelError, PhototagsError
from phototags.library.manage import forget_folders, list_folders
from phototags.library.store import lock
from phototags.tag_vectors.zero_shot_model import ZeroShot, write_zero_shot
from tests.library.colour_tagger import make_png, write_tagger


def counts(summary):
    names = ("added", "changed", "moved", "gone", "unchanged")
    return {name: getattr(summary, name) for name in names if getattr(summary, name)}


@pytest.fixture
def looked(monkeypatch):
    """Every picture that is decoded from now on."""
    from phototags.photos import decoding

    seen, decode = [], decoding.decode

    def note(content, *arguments):
        seen.append(content)
        return decode(content, *arguments)

    monkeypatch.setattr("phototags.export.tag_photos.decode", note)
    return seen


def test_a_first_run_adds_every_photo(home):
    summary = home.update()
    assert counts(summary) == {"added": 3} and summary.photos == 3
    assert home.search("red") == ["rose.png"] and home.search("green") == ["grass.png"]


def test_a_second_run_loads_no_tagger_and_opens_no_photo(home, monkeypatch):
    home.update()
    monkeypatch.setattr("phototags.library.update.load_tagger", None)
    monkeypatch.setattr("phototags.library.scan.find_unread", None)
    assert counts(home.update()) == {"unchanged": 3}


def test_changes_are_told_apart(home, looked):
    home.update()
    del looked[:]
    home.add("rose.png", "#ff00ff")
    home.add("new.png", "red", 1)
    (home.photos / "sky.png").rename(home.photos / "sub/heaven.png")
    (home.photos / "sub/grass.png").unlink()
    expected = {"added": 1, "changed": 1, "moved": 1, "gone": 1}
    assert counts(home.update(dry=True)) == expected and home.search("green") == ["grass.png"]
    assert counts(home.update()) == expected
    assert len(looked) == 2  # the moved photo is known by its bytes
    assert home.search("blue") == ["heaven.png", "rose.png"] and home.search("green") == []


def test_a_file_that_was_only_touched_is_unchanged(home, looked):
    home.update()
    del looked[:]
    os.utime(home.photos / "rose.png", ns=(1, 1))
    assert counts(home.update()) == {"unchanged": 3} and not looked


def test_a_copy_is_found_once_and_its_files_are_named(home, looked):
    shutil.copy(home.photos / "rose.png", home.photos / "sub/copy.png")
    assert counts(home.update()) == {"added": 4}
    assert home.search("red") == ["rose.png"]
    shutil.copy(home.photos / "rose.png", home.photos / "another.png")
    del looked[:]
    assert counts(home.update()) == {"added": 1, "unchanged": 4} and not looked
    (home.photos / "rose.png").unlink()
    home.update()
    assert home.search("red") == ["another.png"]


def test_another_tagger_tags_again_without_looking_at_pixels(home, looked):
    home.update()
    del looked[:]
    home.model = write_tagger(home.model.with_name("other"), ["crimson", "lime", "navy"])
    assert counts(home.update()) == {"unchanged": 3} and not looked
    assert home.search("navy") == ["sky.png"] and home.search("blue") == []


def test_several_processes_find_what_one_finds(home):
    for number in range(30):
        home.add(f"{number}.png", ("red", "blue", "#00ff00")[number % 3], number + 1)
    assert counts(home.update(workers=2)) == {"added": 33}
    assert len(home.search("red", top=99)) == 11


def test_a_broken_picture_is_counted_and_not_decoded_again(home, looked):
    (home.photos / "broken.png").write_bytes(make_png("red", 5)[:-30])
    first = home.update()
    assert first.skipped == Counter(truncated=1) and first.added == first.photos == 3
    del looked[:]
    assert home.update().skipped == Counter(truncated=1) and not looked
    home.add("broken.png", "red", 5)
    assert counts(home.update()) == {"changed": 1, "unchanged": 3}


def test_other_kinds_and_system_copies_are_counted(home):
    (home.photos / "raw.jxl").write_bytes(b"\xff\x0a" + bytes(300))
    (home.photos / "notes.txt").write_text("nothing")
    home.add("@eaDir/thumb.png", "red")
    summary = home.update()
    assert summary.unread == Counter({"JPEG XL": 1}) and summary.photos == 3
    assert summary.passed_over == Counter({"@eaDir": 1})


@pytest.mark.parametrize("absent", ["empty", "gone"])
def test_an_absent_drive_loses_no_photo(home, absent):
    home.update()
    aside = home.photos.with_name("aside")
    home.photos.rename(aside)
    if absent == "empty":
        home.photos.mkdir()
    summary = home.update()
    assert summary.kept == 3 and summary.empty == [str(home.photos)]
    assert home.search("red") == ["rose.png"]
    shutil.rmtree(home.photos, ignore_errors=True)
    aside.rename(home.photos)
    assert counts(home.update()) == {"unchanged": 3}


def test_a_folder_that_was_not_named_keeps_its_photos(home):
    other = home.photos.with_name("other")
    other.mkdir()
    (other / "wine.png").write_bytes(make_png("red", 9))
    home.update(home.photos, other)
    (other / "wine.png").unlink()
    home.update(home.photos)
    assert sorted(home.search("red")) == ["rose.png", "wine.png"]
    assert list_folders(home.index, [], True) == sorted([str(other), str(home.photos)])


def test_a_forgotten_folder_leaves_nothing(home):
    home.update()
    assert forget_folders(home.index, [str(home.photos / "sub")]).gone == 1
    assert home.search("green") == [] and home.search("red") == ["rose.png"]
    assert forget_folders(home.index, [str(home.photos)]).photos == 0
    assert home.search("red") == [] and list_folders_of(home) == []


def list_folders_of(home):
    return list_folders(home.index, [], must_exist=False)


def test_links_and_circles_are_walked_once(home):
    (home.photos / "circle").symlink_to(home.photos, target_is_directory=True)
    (home.photos / "nowhere.png").symlink_to(home.photos / "none.png")
    summary = home.update()
    assert summary.photos == 3
    assert summary.passed_over["links to folders that are read anyway"] == 1


def test_a_name_that_is_no_utf8_is_found_again(home):
    odd = os.fsencode(home.photos) + b"/caf\xe9 \n.png"
    with open(odd, "wb") as file:
        file.write(make_png("red", 3))
    home.update()
    with_odd = home.search("red", within=str(home.photos))
    assert sorted(with_odd) == ["caf\udce9 \n.png", "rose.png"]
    assert counts(home.update()) == {"unchanged": 4}


def test_a_removed_photo_leaves_the_index_and_stays_out(home):
    home.update()
    rose = hashlib.sha256((home.photos / "rose.png").read_bytes()).hexdigest()
    (home.index / "removals.txt").write_text(f"# asked by Ann\n{rose}\n")
    summary = home.update()
    assert summary.skipped == Counter(removed=1) and summary.photos == 2
    assert home.search("red") == home.search("rose", own_only=True) == []
    assert home.update().photos == 2
    (home.index / "removals.txt").unlink()
    home.update()
    assert home.search("red") == ["rose.png"]


def test_what_was_looked_at_before_an_interruption_is_kept(home, monkeypatch):
    from phototags.library import looking

    for number in range(20):
        home.add(f"{number:02}.png", "red", number + 1)
    monkeypatch.setattr("phototags.library.update.COMMIT_SECONDS", -1)
    look, batches = looking.Looker.look, []

    def interrupted(self, paths):
        batches.append(paths)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return look(self, paths)

    monkeypatch.setattr(looking.Looker, "look", interrupted)
    with pytest.raises(KeyboardInterrupt):
        home.update()
    assert len(home.search("red", top=99)) == 16
    assert counts(home.update()) == {"added": 7, "unchanged": 16}


def test_a_tagger_without_probabilities_is_refused(home):
    (home.model / "calibration.safetensors").unlink()
    with pytest.raises(PhototagsError, match="never calibrated"):
        home.update()


def test_two_writers_do_not_meet(home):
    home.update()
    held, hold = multiprocessing.Pipe()

    def write():
        with lock(home.index):
            hold.send("locked")
            hold.recv()

    process = multiprocessing.get_context("fork").Process(target=write)
    process.start()
    assert held.recv() == "locked"
    with pytest.raises(PhototagsError, match="another `phototags index`"):
        home.update()
    held.send("end")
    process.join()
    assert counts(home.update()) == {"unchanged": 3}


def make_meaning(folder, encoder):
    vectors = np.zeros((3, 2), np.float32)
    model = ZeroShot(
        vectors[:, 0], vectors, vectors[0], np.eye(2, dtype=np.float32), encoder, "tags"
    )
    write_zero_shot(model, folder / "zero_shot.safetensors")


@pytest.mark.parametrize("encoder, fetched", [("minilm", ["minilm"]), ("glove", [])])
def test_indexing_fetches_the_text_encoder_that_a_first_search_would_wait_for(
    home, monkeypatch, encoder, fetched
):
    make_meaning(home.model, encoder)
    names = []
    monkeypatch.setattr("phototags.library.words_by_meaning.ensure_weights", names.append)
    assert home.update(dry=True) and not names
    home.update()
    assert names == fetched


def test_an_index_is_whole_without_its_text_encoder(home, monkeypatch, caplog):
    def refuse(name):
        raise ModelError("no network")

    make_meaning(home.model, "minilm")
    monkeypatch.setattr("phototags.library.words_by_meaning.ensure_weights", refuse)
    assert counts(home.update()) == {"added": 3} and home.search("red") == ["rose.png"]
    assert "no network" in caplog.text
