"""A folder of photos whose keywords, in the files and in sidecars, are the tags."""

import io

import pytest
from PIL import Image

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.keyword_photos import KeywordPhotos
from phototags.corpora.listing import list_corpus
from phototags.errors import CorpusError
from phototags.params.own_tables import OwnTable, read_own_tables

pytest.importorskip("pyexiv2", reason="keywords need pyexiv2: pip install pyexiv2")
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" \
xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:phototags="urn:phototags:keywords:1.0/">\
{}</rdf:Description></rdf:RDF></x:xmpmeta>"""


def xmp(more: str = "", **lists: str) -> str:
    """XMP with bags; `dc_subject="a b"` is `dc:subject` of a and b."""
    bags = "".join(
        f"<{key}><rdf:Bag>{''.join(f'<rdf:li>{one}</rdf:li>' for one in words.split())}</rdf:Bag>"
        f"</{key}>"
        for key, words in ((key.replace("_", ":"), words) for key, words in lists.items())
    )
    return XMP.format(bags + more)


def jpeg(packet: str = "") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (32, 24), "red").save(content, "JPEG", xmp=packet.encode() or None)
    return content.getvalue()


@pytest.fixture
def source(tmp_path, layouts):
    """Five pictures: keywords inside, in sidecars of both names, in both, and nowhere."""
    title = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">T</rdf:li></rdf:Alt></dc:title>'
    date = "<exif:DateTimeOriginal>2019-05-04T10:11:12</exif:DateTimeOriginal>"
    ours = {"dc_subject": "Ann dog", "phototags_Tags": "dog"}
    nested = {"dc_subject": "Rome", "lr_hierarchicalSubject": "Places|Italy|Rome"}
    files = {
        "images/a.jpg": jpeg(xmp(title + date, dc_subject="beach Ann")),
        "images/trip/b.jpg": jpeg(),
        "images/trip/b.jpg.xmp": xmp(**nested),
        "images/trip/c.jpg": jpeg(xmp(dc_subject="sea")),
        "images/trip/c.xmp": xmp(**ours),
        "images/trip/d.jpg": jpeg(),
        "images/trip/@eaDir/d.jpg": jpeg(xmp(dc_subject="thumbnail")),
        "images/trip/e.heic": b"\0\0\0\x18ftypheic" + bytes(12),
    }
    layouts.write_tar(tmp_path / "images.tar", files)
    return tmp_path


def read_tags(source, levels="all"):
    listing, drops = KeywordPhotos(levels).list_photos(source)
    return dict(zip(listing["photo_id"], map(list, listing["tags"]), strict=True)), listing, drops


def test_tags_are_the_photos_own_keywords_without_those_of_phototags(source):
    tags, listing, drops = read_tags(source)
    assert tags == {
        "a.jpg": ["beach", "Ann"],
        "trip/b.jpg": ["Rome", "Places", "Italy"],
        "trip/c.jpg": ["Ann", "sea"],
        "trip/d.jpg": [],
    }
    assert [(drop.photo_id, drop.reason) for drop in drops] == [
        ("images/trip/e.heic", "not_an_image")
    ]
    first = listing.iloc[0]
    assert (first["title"], first["taken_at"]) == ("T", "2019-05-04 10:11:12")


def test_the_levels_of_hierarchies_that_are_tags_are_a_setting(source):
    assert read_tags(source, "last")[0]["trip/b.jpg"] == ["Rome"]
    assert read_tags(source, "whole")[0]["trip/b.jpg"] == ["Places|Italy|Rome"]
    settings = '{"mine": {"photos": 9, "tags": "keywords", "levels": "last"}}'
    corpus = find_corpus("mine", read_own_tables(settings))
    ((listing, _),) = list_corpus(corpus, source, None, user_ids="kept", salt="")
    assert list(listing["tags"].iloc[1]) == ["Rome"]


def test_the_pictures_are_those_of_the_tar(source):
    reader = KeywordPhotos()
    listing, _ = reader.list_photos(source)
    found = list(reader.read_pictures(source, listing, 1 << 20))
    assert [one.row for one in found] == [0, 1, 2, 3]
    assert all(one.content.startswith(b"\xff\xd8") for one in found)


def test_pictures_without_a_keyword_are_refused_with_what_to_do(tmp_path, layouts):
    layouts.write_tar(tmp_path / "images.tar", {"images/a.jpg": jpeg()})
    with pytest.raises(CorpusError, match="none of 1 has one. Give them keywords"):
        KeywordPhotos().list_photos(tmp_path)


def test_pictures_on_the_web_have_listed_tags():
    with pytest.raises(ValueError, match="should be `listed`"):
        OwnTable(photos=1, pictures="web", tags="keywords")
