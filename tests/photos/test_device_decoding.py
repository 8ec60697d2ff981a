"""What a device decodes is what the processor decodes, and what it may be given is looked at first.

The device is the processor here: the same call, the same bytes. A GPU widens colours otherwise.
"""

import io
import logging

import pytest
import pyvips
import torch
from PIL import Image

from phototags.errors import PhotoError
from phototags.photos import device_decoding
from phototags.photos.decoding import decode
from phototags.photos.device_decoding import Jpeg, decode_jpegs, load_jpeg, split_by_pixels

CAPS = 10_000, 100_000
EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # turn it right

PLAIN = {"jpeg", "progressive", "gray"}


@pytest.fixture
def contents(make_picture) -> dict[str, bytes]:
    plain = make_picture("JPEG", size=(20, 10))
    segment = b"\xff\xe1" + (len(EXIF) + 2).to_bytes(2) + EXIF
    scan = plain.index(b"\xff\xda")
    colours = Image.open(io.BytesIO(make_picture("PNG", size=(8, 8))))
    as_they_are = io.BytesIO()
    colours.save(as_they_are, "JPEG", keep_rgb=True)
    return {
        "jpeg": plain,
        "progressive": make_picture("JPEG", size=(9, 30), colour="blue", progressive=True),
        "gray": make_picture("JPEG", "L", size=(8, 8)),
        "cmyk": make_picture("JPEG", "CMYK", size=(8, 8)),
        "turned": make_picture("JPEG", size=(20, 10), exif=EXIF),
        "turned late": plain[:scan] + segment + plain[scan:],
        "no luminance": as_they_are.getvalue(),
        "png": make_picture("PNG", size=(5, 6), colour="lime"),
    }


def edge() -> bytes:
    """Red use_side_stream blue, where colours are stored more coarsely than light."""
    picture = Image.new("RGB", (64, 48), "red")
    picture.paste("blue", (31, 0, 64, 48))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=90, subsampling="4:2:0")
    return content.getvalue()


def test_only_jpegs_that_every_decoder_takes_are_left_to_another(contents):
    assert {name for name, of in contents.items() if load_jpeg(of, *CAPS)} == PLAIN


def test_a_jpeg_whose_metadata_change_nothing_is_left_to_another(make_picture):
    upright = make_picture("JPEG", size=(20, 10), exif=EXIF.replace(b"\0\x06", b"\0\x01"))
    assert load_jpeg(upright, *CAPS)
    p3 = bytes(pyvips.Operation.call("profile_load", "p3"))
    assert load_jpeg(make_picture("JPEG", size=(20, 10), icc_profile=p3), *CAPS) is None
    srgb = bytes(pyvips.Operation.call("profile_load", "srgb"))
    assert load_jpeg(make_picture("JPEG", size=(20, 10), icc_profile=srgb), *CAPS)


def test_a_batch_decodes_to_what_each_is_alone_however_it_is_cut(contents, monkeypatch):
    plain = [content for name, content in contents.items() if name in PLAIN]
    for at_once in (1, 300, 1 << 26):
        monkeypatch.setattr(device_decoding, "MAX_BATCH_PIXELS", at_once)
        found = decode_jpegs([load_jpeg(one, *CAPS) for one in plain], "cpu")
        for content, picture in zip(plain, found, strict=True):
            assert picture.equal(decode(content, *CAPS))


def test_pieces_hold_few_pixels_or_one_picture(monkeypatch):
    monkeypatch.setattr(device_decoding, "MAX_BATCH_PIXELS", 10)
    jpegs = [Jpeg(torch.zeros(1), pixels) for pixels in (4, 6, 1, 30, 2, 2)]
    cut = [[one.pixels for one in piece] for piece in split_by_pixels(jpegs)]
    assert cut == [[4, 6], [1], [30], [2, 2]]


def test_caps_hold_before_a_decoder_sees_the_picture(make_picture):
    with pytest.raises(PhotoError) as refused:
        load_jpeg(make_picture("JPEG", size=(401, 200)), *CAPS)
    assert refused.value.reason == "too_many_pixels"


def test_a_jpeg_beyond_the_cap_is_left_to_the_processor_which_reduces_it(make_picture):
    content = make_picture("JPEG", size=(400, 200))
    assert load_jpeg(content, *CAPS) is None
    assert decode(content, *CAPS).shape == (3, 50, 100)


def test_what_the_device_refuses_is_told_and_decoded_by_the_processor(contents, caplog):
    good = load_jpeg(contents["jpeg"], *CAPS)
    bad = Jpeg(torch.frombuffer(bytearray(b"\xff\xd8 no jpeg \xff\xd9"), dtype=torch.uint8), 200)
    with caplog.at_level(logging.WARNING):
        found = decode_jpegs([good, bad], "cpu")
        assert next(found).equal(decode(contents["jpeg"], *CAPS))
        with pytest.raises(PhotoError):
            next(found)
    assert "the processor decodes what cpu does not" in caplog.text


def test_an_exhausted_device_is_no_bad_picture(contents, monkeypatch):
    def exhausted(*_):
        raise torch.OutOfMemoryError("no memory")

    monkeypatch.setattr("torchvision.io.decode_jpeg", exhausted)
    with pytest.raises(torch.OutOfMemoryError):
        list(decode_jpegs([load_jpeg(contents["jpeg"], *CAPS)], "cpu"))


def test_nothing_to_decode_is_no_batch():
    assert list(decode_jpegs([], "cpu")) == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_decodes_to_nearly_the_same(contents):
    for content in (edge(), contents["jpeg"], contents["progressive"], contents["gray"]):
        (found,) = decode_jpegs([load_jpeg(content, *CAPS)], "cuda")
        assert (found.cpu().float() - decode(content, *CAPS).float()).abs().mean() <= 3
