"""Folders as classes: as torchvision's ImageFolder reads them, and ImageNet's synsets by name."""

import pytest
from torchvision.datasets import ImageFolder

from phototags.corpora.folders import list_photos, pictures
from phototags.corpora.registry import corpus, tables_of
from phototags.errors import CorpusError, SourceError
from phototags.photos.archives import Archive
from phototags.settings.corpora import Table
from phototags.tags.wordnet import WordNet

NAMES = ("cat/1.jpg", "cat/deeper/2.JPEG", "dog/1.jpg", "dog show/a.jpg")


@pytest.fixture
def source(tmp_path, layouts):
    def written(*names, folder="images/"):
        files = {folder + name: layouts.jpeg("red") for name in names}
        layouts.write_tar(tmp_path / "images.tar", files)
        return tmp_path

    return written


def table(source, wordnet=None):
    listing, drops = list_photos(source, wordnet)
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
    names = [f"{part}/cat/1.jpg" for part in ("train", "val")]
    parts = {"train/cat/1.jpg": ("cat", "train"), "val/cat/1.jpg": ("cat", "test")}
    assert table(source(*names)) == (parts, {})
    parts |= {"val/cat/1.jpg": ("cat", "validation"), "test/cat/1.jpg": ("cat", "test")}
    assert table(source(*names, "test/cat/1.jpg")) == (parts, {})


def test_a_synset_is_named_by_its_first_word(source, wordnet_folder):
    bear = WordNet.read(wordnet_folder).synsets("brown bear")[0]
    found, _ = table(source(f"train/{bear}/images/{bear}_0.jpg"), wordnet_folder)
    assert found == {f"train/{bear}/images/{bear}_0.jpg": ("brown bear", "train")}
    with pytest.raises(CorpusError, match=f"{bear} is a synset, and WordNet is needed"):
        list_photos(source(f"{bear}/0.jpg"))
    with pytest.raises(SourceError, match="should have synset n00000001"):
        list_photos(source("n00000001/0.jpg"), wordnet_folder)


def test_what_is_no_picture_of_a_class_is_named(source):
    found, drops = table(source("cat/1.jpg", "2.jpg", "train/3.jpg", "cat/boxes.txt"))
    assert list(found) == ["cat/1.jpg"]
    assert drops == {
        "2.jpg": "no_folder",
        "train/3.jpg": "no_folder",
        "cat/boxes.txt": "no_picture",
    }
    with pytest.raises(CorpusError, match="none of its 1 files is one"):
        list_photos(source("1.jpg"))


def test_the_pictures_are_those_in_the_tar(source):
    folder = source(*NAMES)
    with Archive(folder / "images.tar") as archive:
        expected = [archive.read(f"images/{name}", 10**6) for name in sorted(NAMES)]
    found = pictures(folder, list_photos(folder)[0], 10**6)
    assert [one.content for one in found] == expected


def test_ones_own_folders_are_one_tar():
    mine = '{"mine": {"photos": 1, "licence": "", "citation": "", "tags": "folders"}}'
    own = corpus("mine", tables_of(mine))
    assert (own.reader, own.files) == ("folders", ["images.tar"])
    with pytest.raises(ValueError, match="lie in no folders"):
        Table(photos=1, pictures="web", tags="folders")
