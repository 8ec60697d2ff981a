"""A packet goes into an image file, and every other byte stays."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms, ImageSequence, PngImagePlugin

from phototags.errors import PhotoError
from phototags.keywords.changes import plan_changes
from phototags.keywords.containers import put_packet
from phototags.keywords.edit_files import edit_photo
from phototags.keywords.exiv2 import open_metadata
from phototags.keywords.metadata_block import read_block

PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="%s"/></rdf:RDF></x:xmpmeta>"""
APP1 = b"http://ns.adobe.com/xap/1.0/\0"


def save(format: str, mode: str = "RGB", **options) -> bytes:
    """A noisy picture of an odd size."""
    content = io.BytesIO()
    Image.effect_noise((31, 23), 60).convert(mode).save(content, format, **options)
    return content.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def read_rating(content: bytes) -> str:
    with open_metadata(content) as image:
        return image.read_xmp()["Xmp.xmp.Rating"]


def test_of_a_jpeg_only_a_segment_behind_exif_is_new():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = save("JPEG", exif=exif, comment=b"hello", progressive=True) + b"a trailer"
    new = segment(0xE1, APP1 + PACKET % b"3")
    edited = put_packet(content, "jpg", PACKET % b"3")
    at = edited.index(new)
    assert edited[:at] + edited[at + len(new) :] == content
    assert b"Exif\0\0" in edited[:at] and read_rating(edited) == "3"
    again = put_packet(edited, "jpg", PACKET % b"4")
    assert again == edited.replace(PACKET % b"3", PACKET % b"4")


def test_a_jpegs_packet_that_is_too_large_is_refused():
    with pytest.raises(PhotoError, match="65533") as refused:
        put_packet(save("JPEG"), "jpg", PACKET % bytes(70_000))
    assert refused.value.reason == "too_much_xmp"


def test_further_pictures_of_a_jpeg_keep_their_distance_or_nothing_is_written():
    """MPF counts from its own place (CIPA DC-007, 5.2.3.1): only what stands before may grow."""
    index, xmp = segment(0xE2, b"MPF\0II*\0"), segment(0xE1, APP1 + PACKET % b"1")
    content = save("JPEG")
    behind_jfif = 20
    edited = put_packet(content[:behind_jfif] + index + content[behind_jfif:], "jpg", PACKET % b"3")
    assert edited.endswith(index + content[behind_jfif:])
    unsafe = content[:behind_jfif] + index + xmp + content[behind_jfif:]
    with pytest.raises(PhotoError) as refused:
        put_packet(unsafe, "jpg", PACKET % b"3")
    assert refused.value.reason == "unsafe_edit"


def test_two_packets_in_one_file_are_left_alone():
    xmp = segment(0xE1, APP1 + PACKET % b"1")
    content = save("JPEG")
    with pytest.raises(PhotoError, match="expected one"):
        put_packet(content[:2] + xmp + xmp + content[2:], "jpg", PACKET % b"3")


def test_of_a_png_only_a_chunk_before_the_pixels_is_new():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Description", "packed", zip=True)
    texts.add_itxt("Comment", "hé", "fr", "x")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = save("PNG", pnginfo=texts, icc_profile=profile) + b"a trailer"
    body = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + PACKET % b"3"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    edited = put_packet(content, "png", PACKET % b"3")
    at = edited.index(chunk)
    assert edited[:at] + edited[at + len(chunk) :] == content
    assert edited[at + len(chunk) + 4 :].startswith(b"IDAT") and read_rating(edited) == "3"
    assert read_rating(put_packet(edited, "png", PACKET % b"4")) == "4"
    assert len(put_packet(edited, "png", PACKET % b"4")) == len(edited)


@pytest.mark.parametrize(
    "options", [{"quality": 50}, {"lossless": True}], ids=["lossy", "lossless"]
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_simple_webp_becomes_an_extended_one_of_the_same_pixels(options, mode):
    content = save("WEBP", mode, **options)
    edited = put_packet(content, "webp", PACKET % b"3")
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(edited))
    assert (after.mode, after.size) == (before.mode, before.size)
    assert after.tobytes() == before.tobytes() and read_rating(edited) == "3"
    assert edited[12:16] == b"VP8X" and len(edited) == 8 + int.from_bytes(edited[4:8], "little")
    assert read_rating(put_packet(edited, "webp", PACKET % b"4")) == "4"


def test_an_animated_webp_keeps_its_frames():
    frames = [Image.effect_noise((31, 23), noise).convert("RGB") for noise in (20, 90)]
    content = io.BytesIO()
    frames[0].save(content, "WEBP", save_all=True, append_images=frames[1:], duration=70)
    edited = put_packet(content.getvalue(), "webp", PACKET % b"3")
    before, after = (Image.open(io.BytesIO(one)) for one in (content.getvalue(), edited))
    assert [one.tobytes() for one in ImageSequence.Iterator(after)] == [
        one.tobytes() for one in ImageSequence.Iterator(before)
    ]
    assert read_rating(edited) == "3"


def make_two_pages() -> bytes:
    content = io.BytesIO()
    frames = [Image.effect_noise((31, 23), noise).convert("RGB") for noise in (20, 90)]
    frames[0].save(content, "TIFF", save_all=True, append_images=frames[1:])
    return content.getvalue()


def make_big_endian() -> bytes:
    """A grey TIFF of 2 x 2 pixels, by TIFF 6.0's section 4; Pillow writes none in this order."""
    values = {256: 2, 257: 2, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 2, 279: 4}
    entries = b"".join(struct.pack(">HHII", tag, 4, 1, value) for tag, value in values.items())
    return b"MM\0*\0\0\0\x0c\x10\x20\x30\x40" + struct.pack(">H", 9) + entries + bytes(4)


@pytest.mark.parametrize("make", [make_two_pages, make_big_endian])
def test_of_a_tiff_nothing_moves_but_the_first_directory(make):
    content = make()
    edited = put_packet(content, "tif", PACKET % b"3")
    assert edited[:4] == content[:4] and edited[8 : len(content)] == content[8:]
    before, after = (Image.open(io.BytesIO(one)) for one in (content, edited))
    assert [page.tobytes() for page in ImageSequence.Iterator(after)] == [
        page.tobytes() for page in ImageSequence.Iterator(before)
    ]
    assert read_rating(edited) == "3"
    assert read_rating(put_packet(edited, "tif", PACKET % b"4")) == "4"


@pytest.mark.parametrize("format", ["jpg", "png", "webp", "tif"])
def test_files_that_end_early_are_refused_or_keep_what_they_have(format):
    content = save({"jpg": "JPEG", "tif": "TIFF"}.get(format, format.upper()))
    for length in range(16, len(content), 7):
        try:
            edited = put_packet(content[:length], format, PACKET % b"3")
        except PhotoError as refused:
            assert refused.reason in ("unsafe_edit", "not_an_image")
        else:
            assert PACKET % b"3" in edited and len(edited) > length


def test_extended_xmp_of_a_jpeg_stays():
    """XMP specification part 3, 1.1.3.1: longer packets go on in other segments."""
    more = segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"5" * 32 + bytes(8) + b"<more>")
    content = save("JPEG")
    content = content[:20] + more + content[20:]
    changes = plan_changes(read_block(content), [("dog", 0.9)], "box 1")
    assert more in edit_photo(content, "jpg", changes)
