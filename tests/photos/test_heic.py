"""HEIC is read where pillow-heif is installed, and named where it is not."""

import io

import numpy as np
import pytest
from PIL import Image

from phototags.errors import PhotoError
from phototags.photos.decoding import decode
from phototags.photos.file_kinds import sniff_format

CAPS = 10**6, 10**6
START = b"\0\0\0\x18ftypheic" + bytes(4)


@pytest.fixture
def heif(monkeypatch):
    module = pytest.importorskip("pillow_heif", reason="reads HEIC only with pillow-heif")
    module.register_heif_opener()
    monkeypatch.setattr("phototags.photos.file_kinds.reads_heic", lambda: True)


def test_without_the_package_heic_is_named():
    with pytest.raises(PhotoError, match="found HEIC"):
        sniff_format(START)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_turned_upright(heif, orientation):
    assert sniff_format(START) == "heic"
    image = Image.new("RGB", (48, 32), "white")
    image.paste("red", (0, 0, 24, 16))
    exif, content = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    image.save(content, "HEIF", exif=exif.tobytes(), quality=100)
    found = decode(content.getvalue(), *CAPS).permute(1, 2, 0).numpy().astype(int)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", exif=exif.tobytes(), quality=98)
    expected = decode(jpeg.getvalue(), *CAPS).permute(1, 2, 0).numpy().astype(int)
    assert np.abs(found - expected).mean() <= 3


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_heic_cut_short_is_truncated(heif, share):
    content = io.BytesIO()
    Image.new("RGB", (48, 32), "red").save(content, "HEIF")
    with pytest.raises(PhotoError) as refused:
        decode(content.getvalue()[: int(share * len(content.getvalue()))], *CAPS)
    assert refused.value.reason in ("truncated", "not_an_image")
