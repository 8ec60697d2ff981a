"""Tux Paint: nouns of captions and folders become tags; symbols are left out and counted."""

import pytest

from phototags.corpora.formats.captions import find_nouns
from phototags.corpora.tuxpaint import STAMPS, TuxPaint
from phototags.errors import CorpusError
from phototags.tags.wordnet import WordNet

READER = TuxPaint()
NOUNS = {  # synset by word, hypernym by synset
    "car": "1", "sports_car": "2", "lion": "3", "sea_lion": "4", "cat": "5", "a": "6", "in": "7",
    "apple": "8", "food": "9", "animal": "9",
}  # fmt: skip
KINDS = {"2": "1", "3": "5", "4": "9", "8": "9"}


@pytest.fixture
def wordnet(tmp_path):
    """A WordNet of ten nouns in WordNet's own format."""
    folder = tmp_path / "wordnet"
    folder.mkdir()
    data, offsets = "", {}
    synsets = {synset: word for word, synset in NOUNS.items()}
    for synset in sorted(synsets, key=lambda one: one in KINDS):  # the more general first
        offsets[synset] = f"{len(data):08d}"
        kind = offsets.get(KINDS.get(synset))
        pointer = f"001 @ {kind} n 0000" if kind else "000"
        data += f"{offsets[synset]} 05 n 01 {synsets[synset]} 0 {pointer} | gloss  \n"
    index = "".join(
        f"{word} n 1 1 @ 1 1 {offsets[synset]}  \n" for word, synset in sorted(NOUNS.items())
    )
    (folder / "data.noun").write_text(data)
    (folder / "index.noun").write_text(index)
    (folder / "noun.exc").write_text("oxen ox\n")
    return folder


@pytest.fixture
def source(make_tar, make_picture):
    return make_tar(
        "tuxpaint-stamps-default.tar",
        {
            f"./{STAMPS}/animals/cats/lion.png": make_picture(),
            f"./{STAMPS}/animals/cats/lion.txt": "A lion’s car.\nde.utf8=Löwe".encode(),
            f"./{STAMPS}/animals/cats/lion_mirror.png": make_picture(colour="blue"),
            f"./{STAMPS}/animals/mute.png": make_picture(),
            f"./{STAMPS}/animals/empty.png": make_picture(),
            f"./{STAMPS}/animals/empty.txt": b"\nde.utf8=Leer",
            f"./{STAMPS}/symbols/letters/a.png": make_picture(),
            f"./{STAMPS}/symbols/letters/a.txt": b"The letter a",
            f"./{STAMPS}/animals/cats/lion.ogg": b"roar",
        },
    ).parent


@pytest.mark.parametrize(
    ("caption", "nouns"),
    [
        ("A sports car!", ["sports car", "car"]),
        ("Sea lions in a car", ["sea lion", "car"]),
        ("Apples, apples and a CAT.", ["apple", "cat"]),
        ("“Xyzzy” 123", []),
        ("", []),
    ],
)
def test_the_longest_nouns_count_with_the_kind_they_are_of(wordnet, caption, nouns):
    assert find_nouns(caption, WordNet.read(wordnet)) == nouns


def test_tags_are_nouns_of_the_caption_and_folder_names_once_each(source, wordnet):
    listing, _ = READER.list_photos(source, wordnet)
    assert listing["photo_id"].tolist() == ["animals/cats/lion", "animals/cats/lion_mirror"]
    assert listing["tags"][0] == ["lion", "car", "animal", "cat"]
    assert listing["title"][0] == "A lion’s car."
    assert listing["user_id"].isna().all()


def test_a_mirrored_stamp_shares_its_twins_caption(source, wordnet):
    listing, _ = READER.list_photos(source, wordnet)
    assert listing["tags"][1] == listing["tags"][0]


def test_symbols_and_stamps_without_caption_are_counted(source, wordnet):
    _, drops = READER.list_photos(source, wordnet)
    assert {drop.photo_id: drop.reason for drop in drops} == {
        "symbols/letters/a": "symbol",
        "animals/mute": "no_caption",
        "animals/empty": "no_caption",
    }


def test_pictures_are_found(source, wordnet, make_picture):
    listing, _ = READER.list_photos(source, wordnet)
    assert [photo.content for photo in READER.read_pictures(source, listing, 10**6)] == [
        make_picture(),
        make_picture(colour="blue"),
    ]


def test_missing_wordnet_is_an_error(source):
    with pytest.raises(CorpusError, match="WordNet"):
        READER.list_photos(source, None)
