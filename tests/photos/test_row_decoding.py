"""Large PNG, TIFF, WebP, AVIF files are decoded at a fraction of their size, as JPEGs are."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from phototags.errors import PhotoError
from phototags.photos.decoding import decode
from phototags.photos.inspection import inspect_image

MANY = 10**8
SIDES = 96, 64
SAVED = {
    "png": ("PNG", "RGB", {}),
    "png palette": ("PNG", "P", {}),
    "png grey": ("PNG", "L", {}),
    "png alpha": ("PNG", "RGBA", {}),
    "tif": ("TIFF", "RGB", {}),
    "tif lzw": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "tif jpeg": ("TIFF", "RGB", {"compression": "jpeg", "quality": 95}),
    "tif grey": ("TIFF", "L", {}),
    "tif cmyk": ("TIFF", "CMYK", {}),
    "webp": ("WEBP", "RGB", {"quality": 98}),
    "webp alpha": ("WEBP", "RGBA", {"quality": 98}),
    "avif": ("AVIF", "RGB", {"quality": 98}),
}


def make_waves(mode: str = "RGB", sides: tuple[int, int] = SIDES) -> Image.Image:
    """Slow waves of colour, whose averages over squares are near each of their pixels."""
    across, down = np.meshgrid(np.linspace(0, 2, sides[0]), np.linspace(0, 1, sides[1]))
    waves = [np.sin(across), np.cos(down), np.sin(across + down)]
    image = Image.fromarray(np.uint8(127 + 100 * np.stack(waves, -1)))
    if mode == "RGBA":
        image.putalpha(Image.fromarray(np.uint8(255 * (across > 1))))
    return image.convert(mode)


def save(image: Image.Image, format: str, **options) -> bytes:
    content = io.BytesIO()
    image.save(content, format, **options)
    return content.getvalue()


def as_array(photo) -> np.ndarray:
    return photo.permute(1, 2, 0).numpy().astype(int)


@pytest.mark.parametrize("name", SAVED)
def test_an_image_of_too_many_pixels_is_the_average_of_its_squares(name):
    format, mode, options = SAVED[name]
    content = save(make_waves(mode), format, **options)
    whole = as_array(decode(content, MANY, MANY))
    half = decode(content, 96 * 64 - 1, MANY)
    expected = whole.reshape(32, 2, 48, 2, 3).mean((1, 3))
    assert half.shape == (3, 32, 48)
    assert np.abs(as_array(half) - expected).mean() < 3


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_sides_are_divided_until_the_pixels_fit(format):
    content = save(make_waves(), format)
    assert decode(content, 96 * 64 // 4, MANY).shape == (3, 32, 48)
    assert decode(content, 96 * 64 // 4 - 1, MANY).shape == (3, 16, 24)
    with pytest.raises(PhotoError, match="768 at most|6136 at most") as caught:
        decode(content, 96 * 64 // 8 - 1, MANY)
    assert caught.value.reason == "too_many_pixels"


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_reduced_image_is_turned_as_the_whole_one(format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = save(make_waves(), format, exif=exif)
    whole, half = (as_array(decode(content, most, MANY)) for most in (MANY, 96 * 64 - 1))
    assert (2 * half.shape[0], 2 * half.shape[1]) == whole.shape[:2]
    assert np.abs(half - whole[::2, ::2]).mean() < 4


def test_sixteen_bits_keep_their_upper_eight():
    values = np.full((64, 96), 51 << 8, np.uint16)
    content = save(Image.fromarray(values), "PNG")
    assert np.unique(decode(content, 96 * 64 - 1, MANY)).tolist() == [51]


def test_a_profile_holds_for_the_reduced_image():
    p3 = _load_profile()
    content = save(Image.new("RGB", SIDES, (200, 60, 60)), "PNG", icc_profile=p3)
    whole, half = (as_array(decode(content, most, MANY)) for most in (MANY, 96 * 64 - 1))
    assert whole[0, 0].tolist() != [200, 60, 60]
    assert half[0, 0].tolist() == whole[0, 0].tolist()


def _load_profile() -> bytes:
    import pyvips

    return bytes(pyvips.Operation.call("profile_load", "p3"))


@pytest.mark.parametrize(
    ("format", "options"),
    [("WEBP", {"lossless": True}), ("GIF", {})],
)
def test_what_must_be_decoded_whole_is_refused_by_name(format, options):
    content = save(make_waves(), format, **options)
    with pytest.raises(PhotoError, match="6143 at most") as caught:
        inspect_image(content, 96 * 64 - 1, MANY)
    assert caught.value.reason == "too_many_pixels"


def test_an_interlaced_png_is_refused_by_name():
    """Byte 28 of a PNG says so (RFC 2083, 4.1.1); nothing else is looked at."""
    content = bytearray(save(make_waves(), "PNG"))
    content[28] = 1
    with pytest.raises(PhotoError, match="interlaced"):
        inspect_image(bytes(content), 96 * 64 - 1, MANY)


def test_a_tif_of_one_huge_tile_is_refused_by_name():
    tiles = {"tile": True, "tile_width": 96, "tile_height": 64}
    image = _as_vips(make_waves())
    with pytest.raises(PhotoError, match="tiles"):
        inspect_image(image.tiffsave_buffer(**tiles), 96 * 64 - 1, MANY)
    small = image.tiffsave_buffer(**tiles | {"tile_width": 16, "tile_height": 16})
    assert decode(small, 96 * 64 - 1, MANY).shape == (3, 32, 48)


def _as_vips(image: Image.Image):
    import pyvips

    return pyvips.Image.new_from_array(np.asarray(image)).copy(interpretation="srgb")


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_a_damaged_large_image_is_a_named_error(format):
    noise = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    content = bytearray(save(Image.fromarray(noise), format))
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    try:
        decode(bytes(content), 96 * 64 - 1, MANY)
    except PhotoError as error:
        assert error.reason in ("undecodable", "truncated", "not_an_image")


@pytest.mark.parametrize(
    ("format", "options"),
    [("PNG", {"compress_level": 1}), ("TIFF", {"compression": "jpeg"}), ("WEBP", {"method": 0})],
)
def test_sixty_megapixels_are_decoded_in_bounded_memory(tmp_path, format, options):
    """Of a photo of 9000x7000, whose pixels alone would take 189 MB."""
    large, small = tmp_path / "large", tmp_path / "small"
    Image.new("RGB", (9000, 7000), (200, 100, 50)).save(large, format, **options)
    Image.new("RGB", (64, 64)).save(small, format, **options)
    script = f"""
from phototags.photos.decoding import decode
peak = lambda: int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
decode(open({str(small)!r}, "rb").read(), 1024, 10**9)
content = open({str(large)!r}, "rb").read()
before = peak()
found = decode(content, 8_000_000, 10**9)
print(*found.shape, *found[:, 9, 9].tolist(), peak() - before)
"""
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    *found, kilobytes = map(int, printed.stdout.split())
    assert found == pytest.approx([3, 1750, 2250, 200, 100, 50], abs=2)
    assert kilobytes < 120_000
