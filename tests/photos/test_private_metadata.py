"""Places and serial numbers leave a picture; pixels, orientation, length and all else stay."""

import hashlib
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image, PngImagePlugin

from phototags.photos.decoding import decode
from phototags.photos.inspection import inspect_image
from phototags.photos.packing import PhotoFile, pack_photos
from phototags.photos.private_metadata import blank_private
from phototags.photos.shards import read_members

SERIAL, OWNER, NOTE = "SN-4711-0815", "Ann Example", b"makers note SN-4711-0815"
XMP = f'''<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description exif:GPSLatitude="48,8.1N"
 aux:SerialNumber="{SERIAL}" tiff:Orientation="6" dc:title="a day"><exif:GPSLongitude>11,34.9E
</exif:GPSLongitude><aux:OwnerName>{OWNER}</aux:OwnerName></rdf:Description></rdf:RDF></x:xmpmeta>'''
TRACES = [b"SN-4711", b"Ann Ex", b"48,8.1N", b"11,34.9E", struct.pack("<II", 48, 1),
          struct.pack(">II", 48, 1)]  # fmt: skip
KINDS = {"JPEG": {"quality": 95}, "PNG": {}, "WEBP": {"lossless": True}, "TIFF": {}}


def make_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = 6, "Maker", "2020:01:02 03:04:05"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 6.0), 3: "E", 4: (11.0, 34.0, 54.0)})
    private = {0xA431: SERIAL, 0xA435: SERIAL, 0xA430: OWNER, 0x927C: NOTE, 0x829A: 0.01}
    exif.get_ifd(0x8769).update(private)
    return exif


def make_picture(kind: str, xmp: bool = True) -> bytes:
    content, options = io.BytesIO(), dict(KINDS[kind])
    if kind == "PNG" and xmp:
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP)
    elif xmp and kind != "TIFF":
        options["xmp"] = XMP.encode()
    image = Image.effect_noise((40, 30), 80).convert("RGB")
    image.save(content, kind, exif=make_exif(), **options)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_places_and_serial_numbers_leave_and_the_rest_stays(kind):
    content = make_picture(kind)
    assert sum(trace in content for trace in TRACES) >= 5
    info = inspect_image(content, 10**6, 10**6)
    blanked = blank_private(content, info)
    assert len(blanked) == len(content)
    assert [trace for trace in TRACES if trace in blanked] == []
    assert inspect_image(blanked, 10**6, 10**6) == info
    assert decode(blanked, 10**6, 10**6).equal(decode(content, 10**6, 10**6))
    with Image.open(io.BytesIO(blanked)) as image:
        exif = image.getexif()
        assert (exif[0x0112], exif[0x010F], exif[0x0132]) == (6, "Maker", "2020:01:02 03:04:05")
        assert not exif.get_ifd(0x8825) and exif.get_ifd(0x8769)[0x829A] == pytest.approx(0.01)
    assert b"a day" in blanked and b'tiff:Orientation="6"' in blanked
    assert blank_private(blanked, info) == blanked


def test_what_follows_the_end_is_blanked():
    content = make_picture("JPEG")
    info = inspect_image(content, 10**6, 10**6)
    blanked = blank_private(content + b"clip at 48.13N" * 9, info)
    assert b"48.13N" not in blanked and len(blanked) == len(content) + 14 * 9


def test_a_picture_without_them_keeps_its_bytes():
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        content = io.BytesIO()
        Image.new("RGB", (8, 6), "red").save(content, kind)
        info = inspect_image(content.getvalue(), 10**6, 10**6)
        assert blank_private(content.getvalue(), info) is content.getvalue() or (
            blank_private(content.getvalue(), info) == content.getvalue()
        )


@given(
    some.sampled_from(["JPEG", "PNG", "WEBP"]),
    some.lists(some.tuples(some.floats(0, 1), some.binary(min_size=1, max_size=4)), max_size=5),
)
def test_damaged_metadata_raise_nothing_and_keep_the_length(kind, changes):
    content = bytearray(make_picture(kind))
    info = inspect_image(bytes(content), 10**6, 10**6)
    for place, piece in changes:
        at = int(place * min(len(content), 1500))
        content[at : at + len(piece)] = piece
    assert len(blank_private(bytes(content), info)) == len(content)


@pytest.mark.parametrize("keep", [True, False])
def test_shards_are_packed_without_them_unless_asked(tmp_path, keep):
    content = make_picture("JPEG")
    files = [PhotoFile(0, "a", content)]
    caps = {"max_pixels": 10**6, "max_bytes": 10**6}
    packed, _ = pack_photos(files, tmp_path / "0.tar", **caps, keep_exif=keep)
    ((_, found),) = read_members(tmp_path / "0.tar")
    assert (found == content) is keep and (b"SN-4711" in found) is keep
    assert packed["sha256"].tolist() == [hashlib.sha256(content).hexdigest()]
