"""The published 260-word form of Corel-5K: lists, matrices and words must fit each other."""

import pytest

from phototags.corpora.inria import InriaCorel5k
from phototags.corpora.photos_tsv import PhotosTsv
from phototags.errors import CorpusError

READER = InriaCorel5k()
FILES = {
    "corel_train_list.txt": "1000/1000\n2000/2001",
    "corel_test_list.txt": "1000/1001\n",
    "corel_train_annot.txt": "1,0,1\n0,0,0\n",
    "corel_test_annot.txt": "0,1,0",
    "recovered_words.tsv": "column\tword\tjaccard\n0\tmarine\t1\n1\tsky\t1\n2\tmarine\t0.5\n",
}


@pytest.fixture
def write(tmp_path):
    def write_files(**changes: str):
        for name, content in FILES.items():
            path = tmp_path / name
            path.write_text(changes.get(path.stem, content))
        return tmp_path

    return write_files


def test_photos_keep_their_words_and_their_official_part(write):
    listing, drops = READER.list_photos(write())
    assert listing[["photo_id", "file", "split"]].values.tolist() == [
        ["1000", "images/1000.jpg", "train"],
        ["2001", "images/2001.jpg", "train"],
        ["1001", "images/1001.jpg", "test"],
    ]
    assert listing["tags"].tolist() == [["marine", "marine 2"], [], ["sky"]]
    assert drops == []


def test_pictures_come_from_the_tar(write, make_tar):
    source = write()
    make_tar("images.tar", {f"images/{name}.jpg": name.encode() for name in ("1000", "1001")})
    found = [
        photo.content for photo in READER.read_pictures(source, READER.list_photos(source)[0], 100)
    ]
    assert found == [b"1000", None, b"1001"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"corel_train_annot": "1,0,1"}, "2 photos.*found 1"),
        ({"corel_test_annot": "0,1"}, "line 1: expected 3 fields.*found 2"),
        ({"corel_test_annot": "0,1,2"}, "0 or 1"),
        ({"corel_test_list": "1000/1000"}, "'1000' more than once"),
        ({"recovered_words": "column\tword\n0\ta\n2\tb\n"}, "0, 1, ... in order"),
        ({"recovered_words": "column\tword\n0\ta\n1\t \n2\tb\n"}, "in order"),
    ],
)
def test_files_that_do_not_fit_are_refused(write, changes, message):
    with pytest.raises(CorpusError, match=message):
        READER.list_photos(write(**changes))


def test_the_published_files_have_the_published_counts(real_mirror):
    source = real_mirror / "corel5k" / "inria260"
    listing, _ = READER.list_photos(source)
    assert listing["split"].value_counts().to_dict() == {"train": 4500, "test": 499}
    assert len({tag for tags in listing["tags"] for tag in tags}) == 260
    assert listing["photo_id"].is_unique


def test_the_column_beside_lizard_is_the_iguana(real_mirror):
    """The two releases tag the same photos `iguana`, and none has `marine` twice."""
    own, _ = PhotosTsv().list_photos(real_mirror / "corel5k")
    listing, _ = READER.list_photos(real_mirror / "corel5k" / "inria260")
    for word in ("iguana", "marine", "lizard"):
        tagged = [
            set(photos.photo_id[[word in tags for tags in photos.tags]])
            for photos in (own, listing)
        ]
        assert tagged[0] == tagged[1] and len(tagged[0]) >= 16
    assert "marine 2" not in {tag for tags in listing.tags for tag in tags}
