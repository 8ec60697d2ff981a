"""A colour saved in an embedded profile is seen as the colour that it was before."""

import io
import struct
from collections import Counter

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from phototags.photos.decoding import decode

CAPS = 10**6, 10**7
RED = (220, 40, 40)
GAMMAS = {"Adobe RGB": 2.2, "Display P3": None, "ProPhoto": 1.8}
PRIMARIES = {
    "Adobe RGB": [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06), (0.3127, 0.329)],
    "Display P3": [(0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.329)],
    "ProPhoto": [(0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), (0.3457, 0.3585)],
}
"""Chromaticities of red, green, blue and white, by the spaces' standards."""
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
D50 = np.array([0.9642, 1.0, 0.8249])


def xyz(x, y):
    return np.array([x / y, 1, (1 - x - y) / y])


def to_d50(name):
    """(3, 3) from linear colours of a space to XYZ at the white of profiles, D50."""
    *primaries, white = PRIMARIES[name]
    columns = np.stack([xyz(*one) for one in primaries], 1)
    matrix = columns * np.linalg.solve(columns, xyz(*white))
    scale = np.diag((BRADFORD @ D50) / (BRADFORD @ xyz(*white)))
    return np.linalg.inv(BRADFORD) @ scale @ BRADFORD @ matrix


def srgb_curve(value):
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def make_profile(name):
    """A matrix profile, written by ICC's specification, version 2."""

    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    gamma = GAMMAS[name]
    if gamma:
        curve = struct.pack(">4xIH2x", 1, round(gamma * 256))
    else:
        points = np.round(65535 * srgb_curve(np.linspace(0, 1, 1024))).astype(">u2")
        curve = struct.pack(">4xI", len(points)) + points.tobytes()
    text = name.encode() + b"\0"
    description = b"desc" + struct.pack(">4xI", len(text)) + text + bytes(78)
    tags = {
        b"desc": description + bytes(-len(description) % 4),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
    }
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + b"".join(map(fixed, D50))
    for letter, column in zip("rgb", to_d50(name).T, strict=True):
        tags[f"{letter}XYZ".encode()] = b"XYZ \0\0\0\0" + b"".join(map(fixed, column))
        tags[f"{letter}TRC".encode()] = b"curv" + curve
    table, body = b"", b""
    for tag, data in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(data))
        body += data
    body = struct.pack(">I", len(tags)) + table + body
    head = struct.pack(">I", 128 + len(body)) + b"none" + struct.pack(">I", 0x02100000)
    head += b"mntrRGB XYZ " + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    return head + b"".join(map(fixed, D50)) + bytes(48) + body


def express(colour, name):
    """A colour of sRGB in another space, by the spaces' formulas."""
    linear = srgb_curve(np.array(colour) / 255)
    *primaries, white = [(0.64, 0.33), (0.3, 0.6), (0.15, 0.06), (0.3127, 0.329)]
    PRIMARIES["sRGB"] = [*primaries, white]
    found = np.linalg.solve(to_d50(name), to_d50("sRGB") @ linear).clip(0, 1)
    gamma = GAMMAS[name]
    if gamma:
        return tuple(np.round(255 * found ** (1 / gamma)).astype(int).tolist())
    curved = np.where(found <= 0.0031308, 12.92 * found, 1.055 * found ** (1 / 2.4) - 0.055)
    return tuple(np.round(255 * curved).astype(int).tolist())


def saved(colour, profile, format_="PNG", mode="RGB", **options):
    content = io.BytesIO()
    if format_ in ("JPEG", "WEBP", "AVIF"):
        options = {"quality": 100} | options
    Image.new(mode, (20, 10), colour).save(content, format_, icc_profile=profile, **options)
    return content.getvalue()


def seen(content, **options):
    return decode(content, *CAPS, **options)[:, 5, 5].tolist()


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("name", GAMMAS)
def test_a_colour_comes_back_from_another_space(name, format_):
    content = saved(express(RED, name), make_profile(name), format_)
    rounded = format_ == "JPEG" and name == "ProPhoto"  # by one step of so wide a space
    assert seen(content) == pytest.approx(RED, abs=4 if rounded else 2)


def test_the_values_that_people_saw_are_those_that_the_formulas_give():
    assert express(RED, "Adobe RGB") == pytest.approx((189, 44, 44), abs=1)
    assert express(RED, "ProPhoto") == pytest.approx((151, 67, 38), abs=1)


@pytest.mark.parametrize("space", ["cmyk", "p3"])
@pytest.mark.parametrize("colour", [RED, (90, 120, 60), (200, 200, 200), (60, 60, 90)])
def test_what_libvips_saved_in_a_profile_is_what_libvips_sees(space, colour):
    pixels = np.full((10, 20, 3), colour, np.uint8)
    picture = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
    intent = {"intent": "relative", "black_point_compensation": True}
    other = picture.icc_transform(space, input_profile="srgb", **intent)
    back = other.icc_transform("srgb", embedded=True, **intent).numpy()[5, 5].tolist()
    content = other.write_to_buffer(".jpg", Q=100, subsample_mode="off")
    assert seen(content) == pytest.approx(back, abs=2)
    if space == "p3":  # the tables of libvips' printing profile do not invert each other
        assert seen(content) == pytest.approx(colour, abs=2)


@pytest.mark.parametrize("format_", ["JPEG", "TIFF"])
def test_a_colour_that_an_editor_saved_for_printing_comes_back(format_):
    cmyk = bytes(pyvips.Operation.call("profile_load", "cmyk"))
    red = Image.new("RGB", (20, 10), RED)
    ink = ImageCms.profileToProfile(
        red,
        ImageCms.createProfile("sRGB"),
        ImageCms.ImageCmsProfile(io.BytesIO(cmyk)),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        outputMode="CMYK",
    )
    content = io.BytesIO()
    ink.save(content, format_, icc_profile=cmyk, **({"quality": 100} if format_ == "JPEG" else {}))
    assert seen(content.getvalue()) == pytest.approx(RED, abs=2)


def test_grey_of_another_curve_comes_back():
    gamma = ImageCms.ImageCmsProfile(io.BytesIO(make_profile("ProPhoto")))
    assert gamma.profile.is_matrix_shaper
    curve = struct.pack(">4xIH2x", 1, round(1.8 * 256))
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + b"\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d",
        b"kTRC": b"curv" + curve,
    }
    tags[b"desc"] = b"desc" + struct.pack(">4xI", 2) + b"g\0" + bytes(78)
    table, body = b"", b""
    for tag, data in tags.items():
        data += bytes(-len(data) % 4)
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(data))
        body += data
    body = struct.pack(">I", len(tags)) + table + body
    head = make_profile("ProPhoto")[4:128].replace(b"RGB ", b"GRAY")
    profile = struct.pack(">I", 128 + len(body)) + head + body
    for grey in (20, 100, 200):
        stored = round(255 * float(srgb_curve(grey / 255)) ** (1 / 1.8))
        for format_ in ("PNG", "JPEG"):
            assert seen(saved(stored, profile, format_, "L")) == pytest.approx([grey] * 3, abs=2)


def test_transparent_pictures_keep_their_colours_and_lie_on_white():
    colour = express(RED, "Adobe RGB")
    profile = make_profile("Adobe RGB")
    assert seen(saved((*colour, 255), profile, mode="RGBA")) == pytest.approx(RED, abs=2)
    half = [c * 128 / 255 + 127 for c in RED]
    assert seen(saved((*colour, 128), profile, mode="RGBA")) == pytest.approx(half, abs=3)


def test_a_palette_in_another_space_is_converted():
    image = Image.new("P", (20, 10))
    image.putpalette(express(RED, "ProPhoto"))
    content = io.BytesIO()
    image.save(content, "PNG", icc_profile=make_profile("ProPhoto"))
    assert seen(content.getvalue()) == pytest.approx(RED, abs=2)


def test_a_reduced_jpeg_is_converted_too():
    content = saved(express(RED, "Adobe RGB"), make_profile("Adobe RGB"), "JPEG")
    assert decode(content, 100, 10**6)[:, 3, 3].tolist() == pytest.approx(RED, abs=2)


def test_srgb_itself_changes_no_pixel():
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    for profile in (
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        bytes(pyvips.Operation.call("profile_load", "srgb")),
    ):
        content = io.BytesIO()
        Image.fromarray(noise).save(content, "PNG", icc_profile=profile)
        found = decode(content.getvalue(), *CAPS).permute(1, 2, 0).numpy()
        assert (found == noise).all()


@pytest.mark.parametrize("damage", [b"", b"none", bytes(200), make_profile("ProPhoto")[:150]])
@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_broken_profile_is_ignored_and_counted(damage, format_):
    ignored = Counter()
    content = saved(RED, damage, format_)
    assert seen(content, ignored=ignored) == pytest.approx(RED, abs=2)
    assert ignored == ({"broken_profile": 1} if damage else {})


def test_a_profile_of_other_pixels_is_ignored():
    cmyk = bytes(pyvips.Operation.call("profile_load", "cmyk"))
    assert seen(saved(RED, cmyk)) == list(RED)
