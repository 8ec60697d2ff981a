import pytest

from phototags.corpora.mirflickr25k import MirFlickr25k
from phototags.errors import ArchiveError, CorpusError

READER, CONCEPTS = MirFlickr25k(), MirFlickr25k(concepts=True)


@pytest.fixture
def source(tmp_path, layouts):
    files = {
        f"mirflickr/im{n}.jpg": layouts.jpeg(c) for n, c in ((1, "red"), (2, "blue"), (10, "tan"))
    }
    files |= {
        "mirflickr/meta/tags/tags1.txt": "goldengate\r\nsea\r\n",
        "mirflickr/meta/tags_raw/tags1.txt": "Golden Gate\r\nsea\r\nsea\r\n",
        "mirflickr/meta/tags/tags2.txt": "caf\xe9\n".encode("latin-1"),
        "mirflickr/doc/common_tags.txt": "sea 3",
    }
    layouts.write_zip(tmp_path / "mirflickr25k.zip", files)
    lists = {"README.txt": "about", "sea.txt": "1\n10\n", "sea_r1.txt": "10\n", "clouds.txt": "1\n"}
    layouts.write_zip(tmp_path / "mirflickr25k_annotations_v080.zip", lists)
    return tmp_path


def test_users_tags_are_the_raw_ones_where_there_are_any(source):
    listing, drops = READER.list_photos(source)
    assert listing.photo_id.tolist() == ["im1", "im2"]
    assert listing.tags.tolist() == [["Golden Gate", "sea"], ["café"]]
    assert [(drop.photo_id, drop.reason) for drop in drops] == [("im10", "no_tags_file")]


def test_concepts_are_on_the_same_photos(source):
    listing, drops = CONCEPTS.list_photos(source)
    assert listing.photo_id.tolist() == ["im1", "im2", "im10"] and not drops
    assert listing.tags.tolist() == [["clouds", "sea"], [], ["sea", "sea_r1"]]


def test_pictures_are_read_and_cut_at_the_cap(source, layouts):
    listing, _ = READER.list_photos(source)
    red = layouts.jpeg("red")
    assert next(READER.read_pictures(source, listing, 10**6)).content == red
    assert len(next(READER.read_pictures(source, listing, 100)).content) == 101


def test_a_list_of_something_else_is_an_error(source, layouts):
    layouts.write_zip(source / "mirflickr25k_annotations_v080.zip", {"sea.txt": "im1.jpg"})
    with pytest.raises(CorpusError, match="numbers of pictures"):
        CONCEPTS.list_photos(source)
    layouts.write_zip(source / "mirflickr25k.zip", {"other/1.jpg": b""})
    with pytest.raises(CorpusError, match=r"im1\.jpg"):
        READER.list_photos(source)
    (source / "mirflickr25k.zip").unlink()
    with pytest.raises(ArchiveError, match=r"mirflickr25k\.zip"):
        READER.list_photos(source)


@pytest.mark.parametrize("between", [" ", "\r\n"])
def test_licence_and_author_of_each_photo_are_kept(source, layouts, between):
    page, terms = (
        "http://www.flickr.com/photos/7@N00/1/",
        "http://creativecommons.org/licenses/by/2.0/",
    )
    fields = {"Owner username": "ann", "Image title": "Gate: open", "Web url": page}
    fields |= {"License type": "Attribution License", "License url": terms}
    credit = "\r\n".join(f"{label}:{between}{value}" for label, value in fields.items())
    files = {f"mirflickr/im{number}.jpg": b"" for number in (1, 2)}
    files |= {f"mirflickr/meta/tags/tags{number}.txt": "sea" for number in (1, 2)}
    files["mirflickr/meta/license/license1.txt"] = credit
    layouts.write_zip(source / "mirflickr25k.zip", files)
    listing, _ = READER.list_photos(source)
    kept = listing[["licence", "licence_url", "author", "title", "page_url"]]
    assert kept.values[0].tolist() == ["Attribution License", terms, "ann", "Gate: open", page]
    assert kept.iloc[1].isna().all()
