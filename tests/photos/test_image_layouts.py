"""Size and completeness of pictures, read from their structure."""

import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from phototags.errors import PhotoError
from phototags.photos.inspection import inspect_file, sniff_format
from tests.download.misbehaving import bomb_png, picture

KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif", "TIFF": "tif"}
FORMS = [
    ("JPEG", "RGB", {}),
    ("JPEG", "L", {"progressive": True}),
    ("JPEG", "CMYK", {"optimize": True}),
    ("JPEG", "RGB", {"exif": b"Exif\0\0" + b"\xff\xd9\xff\xda" * 50, "icc_profile": bytes(99_000)}),
    ("PNG", "RGBA", {}),
    ("PNG", "1", {}),
    ("GIF", "P", {}),
    ("GIF", "P", {"save_all": True, "append_images": [Image.new("P", (50, 31), 3)]}),
    ("WEBP", "RGB", {}),
    ("WEBP", "RGB", {"lossless": True}),
    ("WEBP", "RGBA", {"exif": b"Exif\0\0II*\0" + bytes(20)}),
]


def saved(kind, mode, options, size=(50, 31)):
    out = io.BytesIO()
    Image.frombytes("L", size, bytes(range(256)) * (size[0] * size[1] // 256) + bytes(14)).convert(
        mode
    ).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "mode", "options"), FORMS)
def test_size_and_end_are_what_pillow_wrote(kind, mode, options):
    content = saved(kind, mode, options)
    seen = inspect_file(io.BytesIO(content))
    assert (seen.format, seen.width, seen.height) == (KINDS[kind], 50, 31)
    assert seen.end == len(content)


@pytest.mark.parametrize(("kind", "mode", "options"), FORMS)
def test_no_beginning_of_a_picture_is_taken_for_the_whole(kind, mode, options):
    content = saved(kind, mode, options)
    for length in itertools.chain(range(16, 2000), range(2000, len(content), 101)):
        if length < len(content):
            try:
                assert inspect_file(io.BytesIO(content[:length])).end is None, length
            except PhotoError as refusal:
                assert refusal.reason == "truncated", length


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"TIFF"}))  # whose parts lie anywhere
def test_what_follows_a_picture_is_not_part_of_it(kind):
    content = picture(1, kind)
    seen = inspect_file(io.BytesIO(content + b"trailing bytes, as phones add"))
    assert seen.end == len(content)


def test_the_end_of_a_large_scan_is_found_across_pieces():
    content = picture(1, "JPEG", 1600, 1200)
    for extra in range(65_530, 65_540):
        at = content.rindex(b"\xff\xd9")
        longer = content[:at] + bytes(extra - at % 65_536) + content[at:] + b"more"
        assert inspect_file(io.BytesIO(longer)).end == len(longer) - 4


def test_a_bomb_is_measured_without_being_opened():
    content = bomb_png(20_000)
    assert len(content) < 400_000
    seen = inspect_file(io.BytesIO(content))
    assert (seen.width, seen.height, seen.end) == (20_000, 20_000, len(content))


@pytest.mark.parametrize(
    ("start", "named"),
    [
        (b"<html><body>please", "html"),
        (b"BM" + bytes(14), "BMP"),
        (b"\0\0\0\x1cftypheic" + bytes(4), "HEIC"),
        (b"\0\0\0\x18ftypcrx " + bytes(4), "RAW"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(4), "RAW"),
        (b"FUJIFILMCCD-RAW ", "RAW"),
        (b"\xff\x0a" + bytes(14), "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(4), "JPEG XL"),
        (b"\0\5\x16\7\0\2\0\0" + bytes(8), "AppleDouble"),
        (b"RIFF\0\0\0\0WAVEfmt ", "RIFF"),
        (b"", "b''"),
    ],
)
def test_what_is_read_by_nobody_here_is_named(start, named):
    with pytest.raises(PhotoError, match=named) as refusal:
        sniff_format(start)
    assert refusal.value.reason == "not_an_image"


@settings(max_examples=150)
@given(some.sampled_from(list(KINDS)), some.data())
def test_damaged_pictures_are_measured_or_refused_by_name(kind, data):
    content = bytearray(picture(2, kind, 32, 32))
    for at in data.draw(some.lists(some.integers(0, len(content) - 1), max_size=20)):
        content[at] = data.draw(some.integers(0, 255))
    cut = data.draw(some.integers(0, len(content)))
    try:
        seen = inspect_file(io.BytesIO(bytes(content[:cut])))
        assert seen.width > 0 and seen.height > 0
    except PhotoError as refusal:
        assert refusal.reason in ("not_an_image", "truncated")
