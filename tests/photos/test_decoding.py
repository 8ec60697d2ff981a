"""Every kind of picture becomes RGB on white; damage is an error, never a black picture."""

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from phototags.errors import PhotoError
from phototags.photos.decoding import decode

CAPS = {"max_pixels": 30_000_000, "max_bytes": 1_000_000}
COLOURS = np.random.default_rng(0).integers(0, 256, (7, 9, 4), dtype=np.uint8)


def encoded(image, format_="PNG", **options):
    content = io.BytesIO()
    image.save(content, format_, **options)
    return content.getvalue()


def decoded(content, **caps):
    return decode(content, **(CAPS | caps)).permute(1, 2, 0).numpy()


def on_white(rgba):
    """Porter & Duff's `over`, pixel by pixel."""
    expected = np.zeros((*rgba.shape[:2], 3))
    for row, column in np.ndindex(rgba.shape[:2]):
        *colour, alpha = rgba[row, column].astype(float)
        expected[row, column] = [c * alpha / 255 + 255 * (1 - alpha / 255) for c in colour]
    return expected


def reason_of(content, **caps):
    with pytest.raises(PhotoError) as refused:
        decoded(content, **caps)
    return refused.value.reason


def test_the_result_is_a_contiguous_byte_tensor_of_three_planes():
    photo = decode(encoded(Image.fromarray(COLOURS[..., :3])), **CAPS)
    assert photo.shape == (3, 7, 9)
    assert photo.dtype == torch.uint8
    assert photo.is_contiguous()


@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_transparent_pictures_lie_on_white(format_):
    options = {"lossless": True, "exact": True} if format_ == "WEBP" else {}
    found = decoded(encoded(Image.fromarray(COLOURS), format_, **options))
    assert np.abs(found - on_white(COLOURS)).max() <= 1


def test_gray_with_transparency_lies_on_white():
    gray = COLOURS[..., [0, 0, 0, 3]]
    image = Image.merge("LA", [Image.fromarray(COLOURS[..., 0]), Image.fromarray(COLOURS[..., 3])])
    assert np.abs(decoded(encoded(image)) - on_white(gray)).max() <= 1


@pytest.mark.parametrize("format_", ["PNG", "GIF"])
def test_a_palette_with_a_transparent_colour_lies_on_white(format_):
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 0), 1)
    found = decoded(encoded(image, format_, transparency=1))
    assert found.tolist() == [[[10, 20, 30], [255, 255, 255]]]


def test_a_palette_of_half_transparent_colours_is_mixed_with_white():
    image = Image.new("P", (1, 1))
    image.putpalette([0, 100, 200])
    found = decoded(encoded(image, transparency=bytes([51])))
    assert found[0, 0].tolist() == pytest.approx([204, 224, 244], abs=1)


def test_an_opaque_palette_keeps_its_colours():
    image = Image.fromarray(COLOURS[..., :3]).quantize(16)
    assert (decoded(encoded(image)) == np.asarray(image.convert("RGB"))).all()


@pytest.mark.parametrize("mode", ["L", "1"])
def test_gray_pictures_have_three_equal_planes(make_picture, mode):
    found = decoded(make_picture(mode=mode, colour="white"))
    assert (found == 255).all()


def test_sixteen_bits_are_scaled_and_not_clipped():
    deep = np.array([[0, 0x7FFF, 0xFFFF]], dtype=np.uint16)
    assert decoded(encoded(Image.fromarray(deep)))[0, :, 0].tolist() == [0, 0x7F, 0xFF]


def test_an_animation_is_its_first_frame():
    frames = [Image.new("RGB", (5, 5), colour) for colour in ("red", "blue")]
    for format_ in ("GIF", "WEBP"):
        content = encoded(frames[0], format_, save_all=True, append_images=frames[1:])
        red, _, blue = decoded(content)[2, 2]
        assert red > 200 and blue < 50, format_


def test_a_photo_taken_upright_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    content = encoded(Image.new("RGB", (9, 5)), "JPEG", exif=exif)
    assert decoded(content).shape == (9, 5, 3)


def test_jpegs_are_the_pixels_that_pillow_sees():
    content = encoded(Image.fromarray(COLOURS[..., :3]), "JPEG", quality=90)
    assert (decoded(content) == np.asarray(Image.open(io.BytesIO(content)))).all()


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_jpegs_are_rgb_too(make_picture, mode):
    assert decoded(make_picture("JPEG", mode)).shape == (6, 8, 3)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "WEBP"])
def test_damage_never_gives_a_picture_of_another_size(format_):
    content = encoded(Image.fromarray(COLOURS[..., :3]).resize((90, 70)), format_)
    for start in range(10, len(content) - 20, len(content) // 25):
        damaged = content[:start] + bytes(20) + content[start + 20 :]
        try:
            assert decoded(damaged).shape == (70, 90, 3)
        except PhotoError as error:
            assert error.reason in {"undecodable", "truncated", "not_an_image", "too_many_pixels"}


@pytest.mark.parametrize(
    ("format_", "end"), [("PNG", b"IEND"), ("GIF", b";"), ("WEBP", b""), ("JPEG", b"")]
)
def test_a_truncated_picture_is_an_error_even_with_an_end_mark(format_, end):
    content = encoded(Image.fromarray(COLOURS[..., :3]).resize((90, 70)), format_)
    assert reason_of(content[: len(content) // 2] + end) in {"truncated", "undecodable"}


def test_a_png_whose_data_is_longer_than_its_header_says_stays_small():
    content = bytearray(encoded(Image.new("RGB", (3000, 3000))))
    content[16:24] = (5).to_bytes(4) + (4).to_bytes(4)  # the checksum no longer fits either
    assert reason_of(bytes(content)) == "undecodable"


def test_a_gif_frame_larger_than_its_screen_counts_as_what_it_is():
    content = bytearray(encoded(Image.new("P", (600, 500)), "GIF"))
    content[6:10] = (5).to_bytes(2, "little") + (4).to_bytes(2, "little")
    assert reason_of(bytes(content), max_pixels=100_000) == "too_many_pixels"


def test_only_our_caps_hold_and_not_pillows_own(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert decoded(encoded(Image.new("1", (60, 50)))).shape == (50, 60, 3)


@pytest.mark.parametrize("format_", ["TIFF", "AVIF"])
def test_tiff_and_avif_are_read(format_):
    options = {"quality": 100, "subsampling": "4:4:4"} if format_ == "AVIF" else {}
    found = decoded(encoded(Image.fromarray(COLOURS[..., :3]), format_, **options))
    assert np.abs(found.astype(int) - COLOURS[..., :3]).max() <= 4


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "jpeg", "tiff_adobe_deflate"])
def test_tiff_is_read_in_all_compressions(compression):
    image = Image.new("RGB", (40, 30), (200, 100, 50))
    found = decoded(encoded(image, "TIFF", compression=compression))
    assert np.abs(found.astype(int) - (200, 100, 50)).max() <= 2


def test_a_tiff_cut_short_is_truncated():
    content = encoded(Image.fromarray(COLOURS[..., :3]).resize((90, 70)), "TIFF")
    assert reason_of(content[: len(content) // 2]) in {"truncated", "not_an_image"}


def deep_png(values, colour_type, transparent=None):
    """A PNG of 16 bits a channel, written by the specification: Pillow writes grey ones only."""
    height, width = values.shape[:2]
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in values)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0))]
    if transparent is not None:
        chunks.append((b"tRNS", np.array(transparent, ">u2").tobytes()))
    chunks += [(b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


DEEP = np.random.default_rng(1).integers(0, 65536, (5, 6, 4))


@pytest.mark.parametrize(("colour_type", "channels"), [(4, [0, 0, 0, 3]), (6, [0, 1, 2, 3])])
def test_sixteen_bits_with_transparency_lie_on_white(colour_type, channels):
    values = DEEP[..., [0, 3]] if colour_type == 4 else DEEP
    found = decoded(deep_png(values, colour_type))
    assert np.abs(found - on_white(DEEP[..., channels] >> 8)).max() <= 1


@pytest.mark.parametrize(("colour_type", "channels"), [(0, [0, 0, 0]), (2, [0, 1, 2])])
def test_the_transparent_colour_of_sixteen_bits_is_white(colour_type, channels):
    values = DEEP[..., 0] if colour_type == 0 else DEEP[..., :3]
    found = decoded(deep_png(values, colour_type, values[2, 3]))
    expected = DEEP[..., channels] >> 8
    expected[2, 3] = 255
    assert (found == expected).all()


def test_floating_point_pixels_are_refused_by_name():
    with pytest.raises(PhotoError, match="floating-point"):
        decoded(encoded(Image.new("F", (5, 4), 0.5), "TIFF"))


def test_a_raw_file_of_a_camera_is_named_and_not_its_preview():
    raw = encoded(Image.new("RGB", (16, 12)), "TIFF", tiffinfo={254: 1})
    with pytest.raises(PhotoError, match="raw data of a camera") as refused:
        decoded(raw)
    assert refused.value.reason == "not_an_image"
