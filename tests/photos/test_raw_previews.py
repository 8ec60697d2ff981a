"""Raw files are seen by the JPEG inside them where rawpy is installed, and named where not."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from phototags.errors import PhotoError
from phototags.photos.decoding import decode
from phototags.photos.picture_files import list_pictures

CAPS = 10**6, 10**6
SHORT, LONG, BYTES, TEXT, RATIONAL = 3, 4, 1, 2, 5
SIZES = {SHORT: 2, LONG: 4, BYTES: 1, TEXT: 1, RATIONAL: 8}


@pytest.fixture
def rawpy(monkeypatch):
    pytest.importorskip("rawpy", reason="reads the JPEGs in raw files only with rawpy")
    monkeypatch.setattr("phototags.photos.file_kinds.reads_raw", lambda: True)


def make_jpeg(sides=(64, 48)) -> bytes:
    image = Image.new("RGB", sides, "white")
    image.paste("red", (0, 0, sides[0] // 2, sides[1] // 2))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=98)
    return content.getvalue()


def make_dng(jpeg: bytes | None, orientation: int = 1) -> bytes:
    """The least DNG (Adobe's specification 1.4): a raw plane of 64x48, and a JPEG beside it."""
    raw = struct.pack("<3072H", *range(3072))
    plane = [
        (254, LONG, [0]), (256, LONG, [64]), (257, LONG, [48]), (258, SHORT, [16]),
        (259, SHORT, [1]), (262, SHORT, [32803]), (273, LONG, [raw]), (277, SHORT, [1]),
        (278, LONG, [48]), (279, LONG, [len(raw)]), (33421, SHORT, [2, 2]),
        (33422, BYTES, [0, 1, 1, 2]),
    ]  # fmt: skip
    preview = [
        (254, LONG, [1]), (256, LONG, [64]), (257, LONG, [48]), (258, SHORT, [8]),
        (259, SHORT, [7]), (262, SHORT, [6]), (273, LONG, [jpeg]), (277, SHORT, [3]),
        (278, LONG, [48]), (279, LONG, [len(jpeg or b"")]),
    ]  # fmt: skip
    main = (preview if jpeg else [(254, LONG, [1])]) + [
        (271, TEXT, list(b"Maker\0")), (272, TEXT, list(b"Camera\0")), (274, SHORT, [orientation]),
        (330, LONG, [plane]), (50706, BYTES, [1, 4, 0, 0]), (50708, TEXT, list(b"Maker Camera\0")),
    ]  # fmt: skip
    content = bytearray(b"II*\0\0\0\0\0")
    struct.pack_into("<I", content, 4, write_directory(content, main))
    return bytes(content)


def write_directory(content: bytearray, entries: list) -> int:
    """Append a directory of TIFF 6.0 behind what it points to; its offset."""
    packed = []
    for tag, kind, values in sorted(entries, key=lambda entry: entry[0]):
        if isinstance(values[0], list):
            values = [write_directory(content, values[0])]
        elif isinstance(values[0], bytes):
            content += values[0]
            values = [len(content) - len(values[0])]
        letter = {SHORT: "H", LONG: "I", BYTES: "B", TEXT: "B"}[kind]
        data = struct.pack(f"<{len(values)}{letter}", *values)
        if len(data) > 4:
            content += data
            data = struct.pack("<I", len(content) - len(data))
        packed.append(struct.pack("<HHI", tag, kind, len(values)) + data.ljust(4, b"\0"))
    content += bytes(len(content) % 2)
    offset = len(content)
    content += struct.pack("<H", len(packed)) + b"".join(packed) + bytes(4)
    return offset


def as_array(photo) -> np.ndarray:
    return photo.permute(1, 2, 0).numpy().astype(int)


def test_without_the_package_raw_files_are_counted_and_refused(tmp_path):
    (tmp_path / "a.dng").write_bytes(make_dng(make_jpeg()))
    assert list_pictures([str(tmp_path)]).unread == {"RAW": 1}
    with pytest.raises(PhotoError, match="raw data of a camera"):
        decode(make_dng(make_jpeg()), *CAPS)


def test_with_the_package_a_raw_file_is_a_picture(tmp_path, rawpy):
    (tmp_path / "a.dng").write_bytes(make_dng(make_jpeg()))
    found = list_pictures([str(tmp_path)])
    assert found.photos == [str(tmp_path / "a.dng")] and not found.unread


def test_a_raw_file_is_seen_by_its_jpeg(rawpy):
    assert (
        as_array(decode(make_dng(make_jpeg()), *CAPS)).tolist()
        == as_array(decode(make_jpeg(), *CAPS)).tolist()
    )


@pytest.mark.parametrize("orientation, red", [(1, (0, 0)), (3, (1, 1)), (6, (0, 1)), (8, (1, 0))])
def test_a_raw_file_is_turned_as_the_camera_was_held(rawpy, orientation, red):
    photo = as_array(decode(make_dng(make_jpeg(), orientation), *CAPS))
    assert photo.shape == ((48, 64, 3) if orientation in (1, 3) else (64, 48, 3))
    height, width = photo.shape[:2]
    quarters = {
        (down, across): photo[8 + down * height // 2, 8 + across * width // 2, 1] < 128
        for down in (0, 1)
        for across in (0, 1)
    }
    assert [place for place, is_red in quarters.items() if is_red] == [red]


def test_caps_hold_for_the_jpeg_inside(rawpy):
    with pytest.raises(PhotoError) as caught:
        decode(make_dng(make_jpeg()), 64 * 48 // 8 - 1, 10**6)
    assert caught.value.reason == "too_many_pixels"


@pytest.mark.parametrize("damage", ["no jpeg", "cut", "zeros"])
def test_a_raw_file_without_a_sound_jpeg_is_a_named_error(rawpy, damage):
    content = make_dng(None if damage == "no jpeg" else make_jpeg())
    if damage == "cut":
        content = content[:7000] + content[-300:]
    elif damage == "zeros":
        content = content[:50] + bytes(6000) + content[6050:]
    try:
        decode(content, *CAPS)
    except PhotoError as error:
        assert error.reason in ("undecodable", "not_an_image", "truncated")
    else:
        assert damage != "no jpeg"
