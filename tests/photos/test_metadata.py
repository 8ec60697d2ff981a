"""What stands beside the pixels never decides whether, and how upright, they are read."""

import io
import struct
import zlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import ExifTags, Image, ImageOps, PngImagePlugin

from phototags.errors import PhotoError
from phototags.photos.decoding import decode

CAPS = 30_000_000, 5_000_000
FORMATS = ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"]
XMP = b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d"/>'
CORNERS = Image.new("RGB", (48, 32), "white")
CORNERS.paste("red", (0, 0, 24, 16))
CORNERS.paste("blue", (24, 16, 48, 32))
CORNERS.paste("black", (24, 0, 48, 16))


def saved(format_, image=CORNERS, **options):
    content = io.BytesIO()
    if format_ in ("WEBP", "JPEG", "AVIF"):
        options = {"quality": 98} | options
    image.save(content, format_, **options)
    return content.getvalue()


def exif_of(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()


def seen(content):
    return decode(content, *CAPS).permute(1, 2, 0).numpy().astype(int)


def upright(content):
    """By Pillow's own function."""
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB"))


def add_segment(content, marker, block, after=2):
    segment = bytes((0xFF, marker)) + struct.pack(">H", len(block) + 2) + block
    return content[:after] + segment + content[after:]


def chunk(name, data, checksum=None):
    checksum = zlib.crc32(name + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def add_chunk(content, *added):
    """Behind a PNG's header."""
    return content[:33] + chunk(*added) + content[33:]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", FORMATS)
def test_exif_turns_pictures_of_every_format_as_pillow_does(format_, orientation):
    content = saved(format_, exif=exif_of(orientation))
    assert np.abs(seen(content) - upright(content)).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "PNG"])
def test_xmp_turns_pictures_without_exif(format_, orientation):
    packet = XMP % orientation
    if format_ == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", packet.decode(), zip=orientation % 2 == 0)
        content = saved("PNG", pnginfo=text)
    else:
        content = saved(format_, xmp=packet)
    assert np.abs(seen(content) - upright(content)).max() <= 2


def test_exif_is_found_behind_other_segments_of_a_jpeg():
    content = saved("JPEG", exif=exif_of(6))
    for block in (
        b"http://ns.adobe.com/xap/1.0/\0<x/>",
        b"http://ns.adobe.com/xap/1.0/\0" + XMP % 3,
    ):
        later = add_segment(content, 0xE1, block)
        assert (seen(later) == seen(content)).all()
    assert seen(content).shape == (48, 32, 3)


def test_a_reduced_jpeg_is_turned_too():
    content = saved("JPEG", CORNERS.resize((480, 320)), exif=exif_of(6))
    assert decode(content, *CAPS, 40).shape == (3, 60, 40)


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_in_hexadecimal_as_imagemagick_writes_it_into_png_is_read(order):
    tiff = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8)
    tiff += struct.pack(order + "HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    block = b"Exif\0\0" + tiff
    text = f"\nexif\n{len(block):8}\n{block.hex()}\n".encode()
    content = add_chunk(saved("PNG"), b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))
    assert seen(content).shape == (48, 32, 3)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_is_ignored_and_counted(format_):
    damaged = b"Exif\0\0MM\0*" + b"\xff" * 30
    ignored = Counter()
    content = saved(format_, exif=damaged)
    assert decode(content, *CAPS, ignored=ignored).shape == (3, 32, 48)
    assert set(ignored) <= {"broken_exif"}


LARGE = zlib.compress(bytes(3_000_000))
ANCILLARY = {
    "text that unpacks to three million bytes": (b"zTXt", b"workflow\0\0" + LARGE),
    "international text that does": (b"iTXt", b"workflow\0\1\0\0\0" + LARGE),
    "a profile that does": (b"iCCP", b"large\0\0" + LARGE),
    "text with a wrong checksum": (b"tEXt", b"Title\0sea", 1),
    "Exif with a wrong checksum": (b"eXIf", b"MM\0*", 1),
    "a profile that is none": (b"iCCP", b"broken\0\0" + zlib.compress(b"none")),
    "a profile that is not packed": (b"iCCP", b"broken\0\0none"),
    "an iTXt cut short": (b"iTXt", b"XML:com.adobe.xmp\0\1"),
    "a size in pixels cut short": (b"pHYs", b"\0"),
    "Exif that is empty": (b"eXIf", b""),
    "a chunk that nobody knows": (b"zzZz", bytes(100)),
}


@pytest.mark.parametrize("name", ANCILLARY)
def test_a_png_is_read_whatever_its_ancillary_chunks_hold(name):
    content = saved("PNG")
    assert (seen(add_chunk(content, *ANCILLARY[name])) == seen(content)).all()


@pytest.mark.parametrize("name", [b"IHDR", b"PLTE"])
def test_a_wrong_checksum_of_a_critical_chunk_is_damage(name):
    content = bytearray(saved("PNG", CORNERS.quantize(4)))
    at = content.index(name)
    length = struct.unpack(">I", content[at - 4 : at])[0]
    content[at + 4 + length] ^= 1
    with pytest.raises(PhotoError, match="png") as refused:
        seen(bytes(content))
    assert refused.value.reason == "undecodable"
    assert "0x" not in str(refused.value)


SEGMENTS = {
    "a comment that looks like an end": (0xFE, b"\xff\xd9\xff\xda" * 5000),
    "a broken index of more pictures": (0xE2, b"MPF\0II*\0" + b"\xff" * 50),
    "a broken block of Photoshop's": (0xED, b"Photoshop 3.0\0" + b"8BIM" + b"\xff" * 30),
    "a profile that is none": (0xE2, b"ICC_PROFILE\0\1\1none"),
    "a profile cut short": (0xE2, b"ICC_PROFILE\0"),
    "Exif that is empty": (0xE1, b"Exif\0\0"),
    "XMP that is no XML": (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"\xff" * 60_000),
}


@pytest.mark.parametrize("name", SEGMENTS)
def test_a_jpeg_is_read_whatever_its_applications_segments_hold(name):
    content = saved("JPEG")
    assert (seen(add_segment(content, *SEGMENTS[name])) == seen(content)).all()


def test_bytes_between_two_segments_are_passed_over():
    content = saved("JPEG")
    at = content.index(b"\xff\xdb")
    assert (seen(content[:at] + b"\0garbage\0" + content[at:]) == seen(content)).all()


@pytest.mark.parametrize("progressive", [False, True])
def test_what_follows_the_end_of_a_jpeg_is_no_part_of_it(progressive):
    content = saved("JPEG", progressive=progressive)
    film = np.random.default_rng(0).integers(0, 256, 4_000_000, dtype=np.uint8).tobytes()
    for trailer in (film, content * 3, b"\xff\xda\0\x0c\3" * 5000, b"\xff\xda" * 5000):
        assert (seen(content + trailer) == seen(content)).all()


@pytest.mark.parametrize("trailer", ["zeros", "noise", "Samsung's"])
def test_a_jpeg_with_a_trailer_in_place_of_its_end_mark_has_all_its_pixels(trailer):
    content = saved("JPEG", CORNERS.resize((480, 320)))
    noise = np.random.default_rng(1).integers(0, 256, 3_000_000, dtype=np.uint8).tobytes()
    behind = {
        "zeros": bytes(4000),
        "noise": noise,
        "Samsung's": b"\0\0\1\n\x0e\0\0\0Image_UTC_Data" * 9,
    }
    assert (seen(content[:-2] + behind[trailer]) == seen(content)).all()


def test_a_jpeg_that_ends_before_its_pixels_is_truncated():
    content = saved("JPEG", CORNERS.resize((480, 320)))
    for length in range(700, len(content) - 200, 97):
        with pytest.raises(PhotoError) as refused:
            seen(content[:length])
        assert refused.value.reason == "truncated"


def test_text_never_reaches_an_error_with_a_memory_address():
    content = bytearray(saved("PNG"))
    content[content.index(b"IDAT") + 8] ^= 0xFF
    with pytest.raises(PhotoError) as refused:
        seen(bytes(content))
    assert "0x" not in str(refused.value)


@given(some.sampled_from(["JPEG", "PNG"]), some.binary(max_size=300), some.sampled_from(range(9)))
def test_no_block_of_bytes_beside_the_pixels_stops_them(format_, block, kind):
    content = saved(format_)
    if format_ == "JPEG":
        starts = [b"", b"Exif\0\0", b"ICC_PROFILE\0", b"MPF\0", b"http://ns.adobe.com/xap/1.0/\0"]
        segment = starts[kind % 5] + block
        marker = (0xE1, 0xE2, 0xED, 0xFE)[kind % 4]
        found = seen(add_segment(content, marker, segment))
    else:
        name = (b"eXIf", b"iCCP", b"zTXt", b"iTXt", b"tEXt", b"gAMA", b"bKGD", b"acTL", b"sBIT")
        found = seen(add_chunk(content, name[kind], block))
    assert sorted(found.shape) == [3, 32, 48]
