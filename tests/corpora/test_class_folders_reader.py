"""Folders as classes: as torchvision's ImageFolder reads them, and ImageNet's synsets by name."""

import logging

import pytest
from torchvision.datasets import ImageFolder

from phototags.corpora.class_folders import ClassFolders
from phototags.corpora.corpus_registry import find_corpus
from phototags.errors import CorpusError, SourceError
from phototags.params.own_tables import OwnTable, read_own_tables
from phototags.photos.archives import TarArchive
from phototags.tags.wordnet import WordNet

READER = ClassFolders()
NAMES = ("cat/1.jpg", "cat/deeper/2.JPEG", "dog/1.jpg", "dog show/a.jpg")


@pytest.fixture
def source(tmp_path, layouts):
    def written(*names, folder="images/"):
        files = {folder + name: layouts.jpeg("red") for name in names}
        layouts.write_tar(tmp_path / "images.tar", files)
        return tmp_path

    return written


def table(source, wordnet=None):
    listing, drops = READER.list_photos(source, wordnet)
    split = listing["split"].astype(object).where(listing["split"].notna(), None)
    places = zip(listing["photo_id"], listing["tags"], split, strict=True)
    return {photo_id: (*tags, part) for photo_id, tags, part in places}, {
        drop.photo_id: drop.reason for drop in drops
    }


def test_the_classes_are_those_of_torchvision(source, tmp_path, layouts):
    folder = tmp_path / "unpacked"
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(layouts.jpeg("red"))
    theirs = ImageFolder(folder)
    expected = {
        path.removeprefix(f"{folder}/"): (theirs.classes[number], None)
        for path, number in theirs.samples
    }
    assert table(source(*NAMES)) == (expected, {})
    assert table(source(*NAMES, folder="")) == (expected, {})


def test_without_a_test_part_validation_is_the_test(source):
    names = [f"{part}/{name}/1.jpg" for part in ("train", "val") for name in ("cat", "dog")]
    parts = {"train": "train", "val": "test"}
    expected = {name: (name.split("/")[1], parts[name.split("/")[0]]) for name in names}
    assert table(source(*names)) == (expected, {})
    tested = table(source(*names, "test/cat/1.jpg"))[0]
    assert tested["val/cat/1.jpg"] == ("cat", "validation")
    assert tested["test/cat/1.jpg"] == ("cat", "test")
    again = table(source(*(name.title().replace("Jpg", "jpg") for name in names)))[0]
    assert again["Train/Cat/1.jpg"] == ("Cat", "train")


def test_common_top_folders_are_no_class_and_a_class_may_be_called_train(source):
    names = ["train/cat/1.jpg", "train/dog/1.jpg", "val/dog/1.jpg"]
    assert table(source(*names, folder="imagenet/2012/"))[0].keys() == set(names)
    assert table(source("train/1.jpg", "cat/1.jpg", "dog/1.jpg"))[0] == {
        "train/1.jpg": ("train", None),
        "cat/1.jpg": ("cat", None),
        "dog/1.jpg": ("dog", None),
    }


def test_a_synset_is_named_by_its_first_word(source, wordnet_folder):
    bear = WordNet.read(wordnet_folder).synsets("brown bear")[0]
    names = f"train/{bear}/images/{bear}_0.jpg", "train/cat/1.jpg"
    assert table(source(*names), wordnet_folder)[0][names[0]] == ("brown bear", "train")
    with pytest.raises(CorpusError, match=f"{bear} is a synset, and WordNet is needed"):
        READER.list_photos(source(*names))
    with pytest.raises(SourceError, match="should have synset n00000001"):
        READER.list_photos(source("n00000001/0.jpg", "cat/0.jpg"), wordnet_folder)


def test_files_that_are_no_picture_of_a_class_are_dropped_or_counted(tmp_path, layouts, caplog):
    odd = ["2.jpg", "__MACOSX/cat/._1.jpg", "cat/.thumbs/1.jpg"]
    files = {f"images/{name}": layouts.jpeg("red") for name in (*NAMES, *odd)}
    layouts.write_tar(tmp_path / "images.tar", files | {"images/cat/boxes.txt": "1 2 3"})
    with caplog.at_level(logging.INFO):
        found, drops = table(tmp_path)
    assert sorted(found) == sorted(NAMES)
    assert drops == {"2.jpg": "no_folder"}
    assert "5 of 8 files are pictures" in caplog.text
    assert "passed over: .thumbs 1, __MACOSX 1" in caplog.text


def test_the_copies_of_a_network_drive_are_no_class(source):
    names = ["cat/1.jpg", "cat/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg", "dog/1.jpg", "@eaDir/cat/x.jpg"]
    found = table(source(*names))
    assert found == ({"cat/1.jpg": ("cat", None), "dog/1.jpg": ("dog", None)}, {})


def test_a_pictures_kind_is_its_contents(tmp_path, layouts):
    heic = b"\0\0\0\x18ftypheic" + bytes(300)
    files = {
        f"images/{name}": layouts.jpeg("red") for name in ("cat/2.jfif", "dog/1.heic", "dog/2")
    }
    files |= {"images/cat/3.heic": heic, "images/cat/4.jxl": b"", "images/cat/notes.txt": b"x"}
    layouts.write_tar(tmp_path / "images.tar", files)
    found, drops = table(tmp_path)
    assert sorted(found) == ["cat/2.jfif", "dog/1.heic", "dog/2"]
    assert drops == {"images/cat/3.heic": "not_an_image", "images/cat/4.jxl": "not_an_image"}


def test_a_name_that_is_no_utf8_is_listed_escaped_and_found(source):
    latin = "cat/caf\udce9.jpg"
    folder = source(*NAMES, latin, "../../out/1.jpg")
    listing, drops = READER.list_photos(folder)
    assert {drop.photo_id: drop.reason for drop in drops} == {"../out/1.jpg": "bad_name"}
    assert r"cat/caf\xe9.jpg" in listing["photo_id"].tolist()
    assert all(one.content for one in READER.read_pictures(folder, listing, 10**6))


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["1.jpg"], "found 1 classes in 1 pictures"),
        (["cat/1.jpg", "cat/2.jpg"], "found 1 classes in 2 pictures"),
        (["train/cat/1.jpg", "train/dog/1.jpg", "val/images/1.jpg"], "'images' has no training"),
    ],
)
def test_other_layouts_are_refused(source, names, found):
    with pytest.raises(CorpusError, match=found):
        READER.list_photos(source(*names))


def test_the_pictures_are_those_in_the_tar(source):
    folder = source(*NAMES)
    with TarArchive(folder / "images.tar") as archive:
        expected = [archive.read(f"images/{name}", 10**6) for name in sorted(NAMES)]
    found = READER.read_pictures(folder, READER.list_photos(folder)[0], 10**6)
    assert [one.content for one in found] == expected


def test_own_folders_are_one_tar():
    mine = '{"mine": {"photos": 1, "licence": "", "citation": "", "tags": "folders"}}'
    own = find_corpus("mine", read_own_tables(mine))
    assert (own.reader, own.files) == ("folders", ["images.tar"])
    with pytest.raises(ValueError, match="lie in no folders"):
        OwnTable(photos=1, pictures="web", tags="folders")
