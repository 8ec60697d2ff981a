"""Open Clip Art: links are listed, broken metadata is counted, nothing leaves the archives."""

import pytest

from phototags.corpora.openclipart import DRAWINGS, PICTURES, OpenClipart
from phototags.errors import CorpusError

READER = OpenClipart()
RDF = (
    b'<svg xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:c="http://web.resource.org/cc/" '
    b'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><c:Work><d:title>T</d:title>'
    b"<d:creator><c:Agent><d:title>Ann</d:title></c:Agent></d:creator><d:subject><r:Bag>"
    b"<r:li>%s</r:li></r:Bag></d:subject><c:license "
    b'r:resource="http://web.resource.org/cc/PublicDomain"/></c:Work></svg>'
)


@pytest.fixture
def source(make_tar, make_picture):
    """Two files, a link to one of them, a link out, and four kinds of bad SVG."""
    bad = {"bomb": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "half": b"<svg", "mute": b"<svg/>"}
    pngs = {f"./{PICTURES}/food/{name}.png": make_picture() for name in ("b", *bad, "alone")}
    pngs[f"./{PICTURES}/animals/a.png"] = make_picture(colour="blue")
    pngs[f"./{PICTURES}/bugs/a.png"] = "../animals/a.png"
    pngs[f"./{PICTURES}/bugs/out.png"] = "/etc/passwd"
    svgs = {f"./{DRAWINGS}/food/{name}.svg": content for name, content in bad.items()}
    svgs[f"./{DRAWINGS}/food/b.svg"] = RDF % b"bread"
    svgs[f"./{DRAWINGS}/animals/a.svg"] = RDF % b"ant"
    svgs[f"./{DRAWINGS}/bugs/a.svg"] = RDF % b"bug"
    svgs[f"./{DRAWINGS}/bugs/out.svg"] = RDF % b"bug"
    make_tar("openclipart-png.tar", pngs)
    return make_tar("openclipart-svg.tar", svgs).parent


def test_pictures_are_listed_with_their_own_metadata_in_the_order_of_names(source):
    listing, _ = READER.list_photos(source)
    assert listing["photo_id"].tolist() == ["animals/a", "bugs/a", "food/b"]
    assert listing["tags"].tolist() == [["ant"], ["bug"], ["bread"]]
    assert set(listing["user_id"]) == {"ann"}
    assert set(listing["author"]) == {"Ann"}
    assert set(listing["licence"]) == {"public domain"}


def test_each_picture_is_listed_or_dropped_with_its_reason(source):
    _, drops = READER.list_photos(source)
    assert {drop.photo_id: drop.reason for drop in drops} == {
        "bugs/out": "broken_link",
        "food/alone": "no_metadata",
        "food/bomb": "entities",
        "food/half": "bad_xml",
        "food/mute": "no_metadata",
    }


def test_a_link_has_the_bytes_of_what_it_leads_to_and_its_own_drawing(source, make_picture):
    listing, _ = READER.list_photos(source)
    found = {photo.photo_id: photo for photo in READER.read_pictures(source, listing, 10**6)}
    assert found["bugs/a"].content == found["animals/a"].content == make_picture(colour="blue")
    assert found["bugs/a"].svg == RDF % b"bug"
    assert [photo.row for photo in found.values()] == [0, 1, 2]


def test_a_package_of_another_layout_is_refused(make_tar):
    make_tar("openclipart-png.tar", {"usr/share/other/a.png": b"1"})
    source = make_tar("openclipart-svg.tar", {}).parent
    with pytest.raises(CorpusError, match=PICTURES):
        READER.list_photos(source)
