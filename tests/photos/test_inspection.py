"""Size caps hold whatever a picture's header claims, and before anything is decoded."""

import struct
import zlib

import pytest

from phototags.errors import PhotoError
from phototags.photos.inspection import inspect_image

CAPS = {"max_pixels": 30_000_000, "max_bytes": 1_000_000}


def png_claiming(width, height):
    """A tiny file that only claims a size, as decompression bombs do."""
    head = struct.pack(">II", width, height) + b"\x08\x02\x00\x00\x00"
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 10)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def reason_of(content, **caps):
    with pytest.raises(PhotoError) as refused:
        inspect_image(content, **(CAPS | caps))
    return refused.value.reason


@pytest.mark.parametrize(
    ("format_", "name", "options"),
    [
        ("PNG", "png", {}),
        ("JPEG", "jpg", {}),
        ("JPEG", "jpg", {"progressive": True, "comment": b"\xff\xd9 no end"}),
        ("GIF", "gif", {}),
        ("WEBP", "webp", {}),
        ("WEBP", "webp", {"lossless": True}),
        ("WEBP", "webp", {"exif": b"Exif\0\0"}),
    ],
)
def test_formats_are_known_with_their_size(make_picture, format_, name, options):
    content = make_picture(format_, size=(70, 31), **options)
    assert inspect_image(content, **CAPS) == (name, 70, 31, len(content))


@pytest.mark.parametrize("format_", ["BMP", "ICO", "PPM"])
def test_other_formats_are_no_pictures_of_ours(make_picture, format_):
    assert reason_of(make_picture(format_, size=(16, 16))) == "not_an_image"


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"<svg/>", b"RIFF"])
def test_other_files_are_no_pictures(content):
    assert reason_of(content) == "not_an_image"


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_cut_anywhere_is_refused_or_claims_its_true_size(make_picture, format_):
    content = make_picture(format_, size=(40, 30))
    for length in range(len(content) - 1):
        try:
            assert inspect_image(content[:length], **CAPS)[1:3] == (40, 30)
        except PhotoError as error:
            assert error.reason in {"not_an_image", "truncated", "undecodable"}, length


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_picture_without_its_end_is_truncated(make_picture, format_):
    content = make_picture(format_, size=(400, 300))
    assert reason_of(content[: len(content) * 2 // 3]) == "truncated"


def test_twenty_thousand_squared_is_refused_by_its_header():
    assert reason_of(png_claiming(20_000, 20_000)) == "too_many_pixels"


def test_the_cap_itself_is_allowed():
    assert inspect_image(png_claiming(5000, 48_000), **CAPS).width == 5000
    assert reason_of(png_claiming(5000, 48_001)) == "too_many_pixels"


def test_four_gigapixels_do_not_overflow():
    assert reason_of(png_claiming(2**31 - 1, 2**31 - 1)) == "too_many_pixels"


def test_no_pixels_is_no_picture():
    assert reason_of(png_claiming(0, 10)) == "not_an_image"


def test_a_webp_canvas_is_believed_before_its_frames(make_picture):
    content = bytearray(make_picture("WEBP", exif=b"Exif\0\0II*\0" + bytes(20)))
    content[24:30] = b"\xff\xff\xff\xff\xff\xff"
    assert reason_of(bytes(content)) == "too_many_pixels"


def test_too_many_bytes_are_not_looked_at(make_picture):
    assert reason_of(make_picture(), max_bytes=10) == "too_many_bytes"


def test_a_jpeg_of_thousands_of_scans_is_refused(make_picture):
    content = make_picture("JPEG", progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    assert reason_of(content[:-2] + scan * 5000 + b"\xff\xd9") == "undecodable"


@pytest.mark.parametrize(
    ("format_", "most"),
    [("JPEG", 1000), ("PNG", 1000), ("TIFF", 1000), ("WEBP", 1000), ("AVIF", 4000), ("GIF", 8000)],
)
def test_what_is_reduced_may_have_more_pixels(make_picture, format_, most):
    content = make_picture(format_, size=(80, 100))
    assert inspect_image(content, most, 10**6).width == 80
    assert reason_of(content, max_pixels=most - 1) == "too_many_pixels"
