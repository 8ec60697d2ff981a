"""A picture's format and size from its first bytes, before anything is decoded or allocated.

Whoever makes a decompression bomb counts on a decoder that allocates first and looks later.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from phototags.errors import PhotoError

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
FRAME_STARTS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF markers of JPEG
DATA_STARTS = frozenset((0xD9, 0xDA))  # the end, or a scan
EVERYBODYS = frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended and progressive, by Huffman
ALONE = frozenset(range(0xD0, 0xD8)) | {0x01}  # JPEG markers without a length
MAX_SCANS = 200  # a progressive JPEG has about ten; thousands are an attack on time


class Picture(NamedTuple):
    """What a header claims; width and height in pixels, as stored (before any turning)."""

    format: str
    width: int
    height: int


def inspect(content: bytes, max_pixels: int, max_bytes: int) -> Picture:
    """Format, width and height of a picture that is worth decoding; only its header is read.

    A file that lacks its end is found here, damage in its middle only by `pictures.decode`.

    Raises:
        PhotoError: `too_many_bytes`, `too_many_pixels`, `not_an_image`, `truncated` or
            `undecodable`.
    """
    if len(content) > max_bytes:
        raise PhotoError(
            "too_many_bytes", f"the file has {len(content)} bytes or more; {max_bytes} at most"
        )
    picture = read_header(content)
    check_pixels(picture.width, picture.height, max_pixels)
    return picture


def check_pixels(width: int, height: int, max_pixels: int) -> None:
    """Raise a PhotoError `too_many_pixels` beyond the cap."""
    if width * height > max_pixels:
        raise PhotoError(
            "too_many_pixels",
            f"{width}x{height} are {width * height} pixels; {max_pixels} at most",
        )


def read_header(content: bytes) -> Picture:
    """The format (png, jpg, gif or webp), width and height that the header claims.

    Raises:
        PhotoError: `not_an_image` for other formats and impossible sizes; `truncated` when the
            header or the format's end mark is missing; `undecodable` for a JPEG of absurdly
            many scans.

    >>> read_header(b"GIF89a" + bytes([3, 0, 2, 0]) + b";")
    Picture(format='gif', width=3, height=2)
    """
    try:
        picture = _claimed(content)
    except (struct.error, IndexError):
        raise PhotoError(
            "truncated", f"the picture ends inside its header, after {len(content)} bytes"
        ) from None
    if picture.width < 1 or picture.height < 1:
        raise PhotoError(
            "not_an_image", f"a {picture.format} header claims {picture.width}x{picture.height}"
        )
    return picture


def _claimed(content: bytes) -> Picture:
    if content.startswith(PNG):
        width, height = struct.unpack_from(">II", content, 16)
        _must_end(content, b"IEND", "png")
        return Picture("png", width, height)
    if content.startswith(JPEG):
        return _jpeg(content)
    if content[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack_from("<HH", content, 6)
        _must_end(content, b";", "gif")
        return Picture("gif", width, height)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    raise PhotoError(
        "not_an_image",
        f"expected a PNG, JPEG, GIF or WebP picture, found {content[:12]!r}",
    )


def _must_end(content: bytes, mark: bytes, format_: str) -> None:
    """Bytes after the end mark are harmless; without the mark the rest of the file is missing."""
    if content.rfind(mark) < 10:
        raise PhotoError(
            "truncated", f"the {format_} has no end mark {mark!r} in its {len(content)} bytes"
        )


def _segments(content: bytes) -> Iterator[tuple[int, int]]:
    """Marker and place of each segment of a JPEG up to its picture data, or its end."""
    at = 2
    while True:
        while content[at] != 0xFF:
            at += 1
        while content[at] == 0xFF:
            at += 1
        marker, at = content[at], at + 1
        yield marker, at
        if marker in DATA_STARTS:
            return
        if marker not in ALONE:
            at += max(2, struct.unpack_from(">H", content, at)[0])


def is_plain_jpeg(content: bytes) -> bool:
    """Whether every decoder makes much the same of a picture that `inspect` let pass.

    A JPEG of eight bits, gray or in luminance and two colours, without an Exif block that might
    turn it.
    """
    if not content.startswith(JPEG):
        return False
    plain = False
    try:
        for marker, at in _segments(content):
            if marker == 0xE1 and content[at + 2 : at + 8] == b"Exif\0\0":
                return False
            if marker == 0xEE and content[at + 2 : at + 7] == b"Adobe" and not content[at + 13]:
                return False  # its colours are as they are: RGB or CMYK
            if marker in FRAME_STARTS:
                named = content[at + 8 : at + 17 : 3]
                plain = marker in EVERYBODYS and content[at + 2] == 8 and named != b"RGB"
                plain &= content[at + 7] in (1, 3)
    except IndexError:
        return False
    return plain


def _jpeg(content: bytes) -> Picture:
    """Walk the segments to the first frame header, as a decoder does."""
    marker, at = next(one for one in _segments(content) if one[0] in FRAME_STARTS | DATA_STARTS)
    if marker in DATA_STARTS:
        raise PhotoError("undecodable", "the jpg has picture data before any frame header")
    height, width = struct.unpack_from(">HH", content, at + 3)
    _must_end(content, b"\xff\xd9", "jpg")
    scans = content.count(b"\xff\xda")
    if scans > MAX_SCANS:
        raise PhotoError("undecodable", f"the jpg has {scans} scans; {MAX_SCANS} at most")
    return Picture("jpg", width, height)


def _webp(content: bytes) -> Picture:
    """The canvas of an extended file, or the frame of a simple one."""
    length, kind = struct.unpack_from("<I", content, 4)[0], content[12:16]
    if kind == b"VP8X":
        wide, high = content[24:27], content[27:30]
        width = int.from_bytes(wide, "little") + 1
        height = int.from_bytes(high, "little") + 1
    elif kind == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    else:
        raise PhotoError("not_an_image", f"a WebP picture of the unknown kind {kind!r}")
    if len(content) < length + 8:
        raise PhotoError("truncated", f"the webp claims {length + 8} bytes and has {len(content)}")
    return Picture("webp", width, height)
