"""What a device decodes is what the processor decodes, and what it may be given is looked at first.

The device is the processor here: the same call, the same bytes. A GPU's pixels differ by rounding.
"""

import pytest
import torch

from phototags.errors import PhotoError
from phototags.photos.headers import is_plain_jpeg
from phototags.photos.on_device import decoded_on, ready
from phototags.photos.pictures import decode

CAPS = 10_000, 100_000
EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # turn it right


def pictures_of(make_picture) -> dict[str, bytes]:
    return {
        "jpeg": make_picture("JPEG", size=(20, 10)),
        "progressive": make_picture("JPEG", size=(9, 30), colour="blue", progressive=True),
        "gray": make_picture("JPEG", "L", size=(8, 8)),
        "cmyk": make_picture("JPEG", "CMYK", size=(8, 8)),
        "turned": make_picture("JPEG", size=(20, 10), exif=EXIF),
        "png": make_picture("PNG", size=(5, 6), colour="lime"),
    }


def test_a_batch_of_all_kinds_decodes_to_what_each_is_alone(make_picture):
    contents = list(pictures_of(make_picture).values())
    found = decoded_on([ready(one, *CAPS) for one in contents], "cpu", *CAPS)
    for content, picture in zip(contents, found, strict=True):
        assert picture.equal(decode(content, *CAPS))


def test_only_jpegs_that_every_decoder_takes_are_left_to_another(make_picture):
    contents = pictures_of(make_picture)
    plain = {name for name, content in contents.items() if is_plain_jpeg(content)}
    assert plain == {"jpeg", "progressive", "gray"}
    assert {name for name, of in contents.items() if ready(of, *CAPS).dim() == 1} == plain


def test_caps_hold_before_a_decoder_sees_the_picture(make_picture):
    with pytest.raises(PhotoError) as refused:
        ready(make_picture("JPEG", size=(101, 100)), *CAPS)
    assert refused.value.reason == "too_many_pixels"


def test_a_jpeg_that_the_device_refuses_is_decoded_or_named_by_the_processor(make_picture):
    good, bad = make_picture("JPEG", size=(20, 10)), b"\xff\xd8 no jpeg \xff\xd9"
    encoded = [torch.frombuffer(bytearray(one), dtype=torch.uint8) for one in (good, bad)]
    with pytest.raises(PhotoError):
        decoded_on(encoded, "cpu", *CAPS)
    assert decoded_on(encoded[:1], "cpu", *CAPS)[0].equal(decode(good, *CAPS))


def test_nothing_to_decode_is_no_batch():
    assert decoded_on([], "cpu", *CAPS) == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_decodes_to_nearly_the_same(make_picture):
    contents = list(pictures_of(make_picture).values())
    found = decoded_on([ready(one, *CAPS) for one in contents], "cuda", *CAPS)
    for content, picture in zip(contents, found, strict=True):
        assert (picture.cpu().int() - decode(content, *CAPS).int()).abs().max() <= 4
