"""A photo's own keywords, title, description and date, as the programs write them."""

from collections import Counter
from datetime import datetime
from xml.sax.saxutils import escape

import pytest

from phototags.errors import PhototagsError
from phototags.keywords import exiv2
from phototags.keywords.metadata_block import read_block
from phototags.keywords.own_metadata import OwnMetadata, parse_date, read_keywords

NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:lr="http://ns.adobe.com/lightroom/1.0/" '
    'xmlns:digiKam="http://www.digikam.org/ns/1.0/" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    f'xmlns:phototags="{exiv2.NAMESPACE}"'
)
PACKET = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {}><rdf:Description rdf:about="">{}'
PACKET += "</rdf:Description></rdf:RDF></x:xmpmeta>"


def write_list(name: str, *values: str, kind: str = "Bag") -> str:
    """An XMP list, as XMP's specification part 1 serialises it."""
    entries = "".join(f"<rdf:li>{escape(value)}</rdf:li>" for value in values)
    return f"<{name}><rdf:{kind}>{entries}</rdf:{kind}></{name}>"


def write_sidecar(path, *properties: str) -> None:
    path.write_text(PACKET.format(NAMESPACES, "".join(properties)), encoding="utf-8")


DARKTABLE = (
    write_list("dc:subject", "Italy", "Places", "Rome", "darktable", "exported", kind="Seq"),
    write_list("lr:hierarchicalSubject", "Places|Italy|Rome", "darktable|exported", kind="Seq"),
)
"""darktable lists all levels as flat keywords, and its own tags below `darktable`."""
DIGIKAM = (
    write_list("dc:subject", "Rome"),
    write_list("digiKam:TagsList", "Places/Italy/Rome", kind="Seq"),
    write_list("lr:hierarchicalSubject", "Places|Italy|Rome"),
)
LIGHTROOM = (
    write_list("dc:subject", "Rome", "Ann"),
    write_list("lr:hierarchicalSubject", "Places|Italy|Rome", "Ann"),
)


@pytest.mark.parametrize(
    "program, sidecar, all_levels, last_level",
    [
        (DARKTABLE, "a.jpg.xmp", ("Italy", "Places", "Rome"), ("Rome",)),
        (DIGIKAM, "a.jpg.xmp", ("Rome", "Places", "Italy"), ("Rome",)),
        (LIGHTROOM, "a.xmp", ("Rome", "Ann", "Places", "Italy"), ("Rome", "Ann")),
    ],
    ids=["darktable", "digiKam", "Lightroom"],
)
def test_sidecars_are_read_as_each_program_writes_them(
    make_photo, program, sidecar, all_levels, last_level
):
    photo = make_photo("a.jpg")
    write_sidecar(photo.with_name(sidecar), *program)
    assert read_keywords(photo).keywords == all_levels
    assert read_keywords(photo, levels="last").keywords == last_level
    assert ("Places", "Italy", "Rome") in read_keywords(photo).hierarchies
    assert "Places|Italy|Rome" in read_keywords(photo, levels="whole").keywords


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif", "a.gif"])
def test_xmp_and_exif_in_the_file_are_read(make_photo, exiftool, name):
    photo = make_photo(name)
    exiftool(
        "-XMP-dc:Subject=Ann",
        "-XMP-dc:Subject=Bé, or 山",
        "-XMP-lr:HierarchicalSubject=Places|Rome",
        "-XMP-dc:Title=A title",
        "-XMP-dc:Title-de=Ein Titel",
        "-XMP-dc:Description=Words, more words",
        "-EXIF:DateTimeOriginal=2019:05:04 10:11:12",
        photo,
    )
    assert read_keywords(photo) == OwnMetadata(
        ("Ann", "Bé, or 山", "Places", "Rome"),
        (("Places", "Rome"),),
        "A title",
        "Words, more words",
        None if name == "a.gif" else datetime(2019, 5, 4, 10, 11, 12),  # it has no Exif
    )
    assert read_keywords("elsewhere.jpg", photo.read_bytes()) == read_keywords(photo)


@pytest.mark.parametrize("charset", ["UTF8", "Latin"])
def test_iptc_is_read_in_both_its_encodings(make_photo, exiftool, charset):
    photo = make_photo("a.jpg")
    code = ["-IPTC:CodedCharacterSet=UTF8"] if charset == "UTF8" else []
    exiftool(
        *code,
        "-IPTC:Keywords=Zoë",
        "-IPTC:Keywords=Ann",
        "-IPTC:ObjectName=Über",
        "-IPTC:Caption-Abstract=Much",
        "-IPTC:DateCreated=2001:02:03",
        photo,
    )
    found = read_keywords(photo)
    assert found.keywords == ("Zoë", "Ann")
    assert (found.title, found.description) == ("Über", "Much")
    assert found.taken == datetime(2001, 2, 3)


def test_keywords_of_sidecar_and_photo_are_united_and_the_sidecars_title_holds(
    make_photo, exiftool
):
    photo = make_photo("a.jpg")
    exiftool("-XMP-dc:Subject=beach", "-XMP-dc:Subject=Ann", "-XMP-dc:Title=Old", photo)
    write_sidecar(
        photo.with_name("a.jpg.xmp"),
        write_list("dc:subject", "Rome", "Beach"),
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">New</rdf:li></rdf:Alt></dc:title>',
    )
    found = read_keywords(photo)
    assert found.keywords == ("Rome", "Beach", "Ann")
    assert found.title == "New"


def test_what_phototags_wrote_is_told_from_a_persons(make_photo):
    photo = make_photo("a.jpg")
    write_sidecar(
        photo.with_name("a.jpg.xmp"),
        write_list("dc:subject", "Ann", "dog"),
        write_list("lr:hierarchicalSubject", "Ann", "dog"),
        write_list("phototags:Tags", "dog", "beach", kind="Seq"),
    )
    found = read_keywords(photo)
    assert found.keywords == ("Ann",)
    assert found.ours == ("dog",), "somebody has removed beach"


def test_a_keyword_in_the_photo_stays_a_persons_though_phototags_wrote_it_into_the_sidecar(
    make_photo, exiftool
):
    photo = make_photo("a.jpg")
    exiftool("-XMP-dc:Subject=Dog", photo)
    sidecar = photo.with_name("a.jpg.xmp")
    write_sidecar(
        sidecar, write_list("dc:subject", "dog"), write_list("phototags:Tags", "dog", kind="Seq")
    )
    assert read_keywords(photo).keywords == ("Dog",)


def test_lightrooms_sidecar_of_a_raw_file_is_not_that_of_the_jpeg_beside_it(make_photo):
    photo = make_photo("a.jpg")
    write_sidecar(photo.with_name("a.xmp"), *LIGHTROOM)
    photo.with_name("a.cr2").write_bytes(b"II*\0")
    assert read_keywords(photo).keywords == ()


def test_damaged_blocks_are_counted_and_the_others_read(make_photo, exiftool):
    photo = make_photo("a.jpg")
    exiftool("-XMP-dc:Subject=Ann", "-EXIF:DateTimeOriginal=2019:05:04 10:11:12", photo)
    content = photo.read_bytes()
    exif = content.index(b"Exif\0\0") + 6
    photo.write_bytes(content[: exif + 4] + b"\xff\xff\xff\x7f" + content[exif + 8 :])
    found = read_keywords(photo)
    assert found.keywords == ("Ann",)
    assert found.damaged == Counter(damaged_photo=1)
    photo.with_name("a.jpg.xmp").write_text("<x:xmpmeta><rdf:RDF><broken")
    assert read_keywords(photo).damaged == Counter(damaged_photo=1, damaged_sidecar=1)
    assert read_keywords(photo).keywords == ("Ann",)


def test_one_files_damage_is_not_laid_to_the_next(make_photo):
    photo = make_photo("a.jpg")
    for _ in range(3):
        assert read_block(b"no image at all").damaged
        assert not read_keywords(photo).damaged


def test_files_larger_than_allowed_or_missing_are_counted(make_photo):
    photo = make_photo("a.jpg")
    assert read_keywords(photo, max_bytes=100).damaged == Counter(unreadable_photo=1)
    photo.unlink()
    assert read_keywords(photo).damaged == Counter(unreadable_photo=1)


@pytest.mark.parametrize(
    "text, date",
    [
        ("2019:05:04 10:11:12", datetime(2019, 5, 4, 10, 11, 12)),
        ("2019-05-04T10:11:12.34+02:00", datetime(2019, 5, 4, 10, 11, 12)),
        ("2019-05-04T10:11Z", datetime(2019, 5, 4, 10, 11)),
        ("2019-05-04", datetime(2019, 5, 4)),
        ("    :  :     :  :  ", None),
        ("2019:02:30 10:00:00", None),
        ("", None),
    ],
)
def test_dates_are_read_as_the_cameras_clock_told_them(text, date):
    assert parse_date(text) == date


def test_without_pyexiv2_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyexiv2", None)
    exiv2.load_pyexiv2.cache_clear()
    try:
        with pytest.raises(PhototagsError, match=r"pip install .*pyexiv2"):
            read_block(b"")
    finally:
        exiv2.load_pyexiv2.cache_clear()
