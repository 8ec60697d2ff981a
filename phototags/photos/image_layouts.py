"""Walk the structure of JPEG, PNG, GIF and WebP files to find the size and the end of the image.

ITU T.81 annex B (JPEG), RFC 2083 (PNG), the GIF89a specification, RFC 9649 (WebP). Each reader
takes an open file, appends (width, height) to `size` and returns the offset behind the image.
"""

import re
import struct
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from phototags.errors import PhotoError

PIECE = 1 << 16
MAX_PARTS = 1 << 18  # more chunks, segments or blocks than any camera writes: time is limited too
MAX_SCANS = 200  # a progressive JPEG has about ten; thousands are an attack on time
FRAME_STARTS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF markers of JPEG
END, SCAN = 0xD9, 0xDA
END_MARK, SCAN_MARK = re.compile(b"\xff\xd9"), re.compile(b"\xff\xda")  # faster than find
NO_LENGTH = frozenset(range(0xD0, 0xD9)) | {0x01}  # JPEG markers without a length


class EndOfFileError(Exception):
    """The file ends before its image does."""


def _take(body: BinaryIO, count: int) -> bytes:
    piece = body.read(count)
    if len(piece) < count:
        raise EndOfFileError
    return piece


def _contradiction(format: str, what: str) -> PhotoError:
    return PhotoError("not_an_image", f"a {format} {what}")


def _too_many_parts(format: str) -> PhotoError:
    return _contradiction(format, f"of more than {MAX_PARTS} parts")


def read_segments(body: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield marker and first 18 bytes of each segment of a JPEG up to its scan or end."""
    body.seek(2)
    for _ in range(MAX_PARTS):
        mark = _take(body, 2)
        while mark[1] == 0xFF:  # fill bytes
            mark = mark[1:] + _take(body, 1)
        if mark[0] != 0xFF:
            raise _contradiction("jpg", "whose segments do not join")
        if mark[1] in (END, SCAN):
            yield mark[1], b""
            return
        if mark[1] not in NO_LENGTH:
            length = max(int.from_bytes(_take(body, 2), "big") - 2, 0)
            start = _take(body, min(length, 18))
            body.seek(length - len(start), 1)
            yield mark[1], start
    raise _too_many_parts("jpg")


def _read_jpg(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    """Walk the segments up to the scan, then find the end: within a scan it cannot be data."""
    marker = END
    for marker, start in read_segments(body):
        if marker in FRAME_STARTS:
            if len(start) < 5:
                raise _contradiction("jpg", f"with a frame header of {len(start)} bytes")
            height, width = struct.unpack(">xHH", start[:5])
            size.append((width, height))
    scan = body.tell()
    if marker == END:
        return scan
    scans = 1 + sum(1 for _ in islice(_find_all(body, SCAN_MARK), MAX_SCANS))
    if scans > MAX_SCANS:
        raise PhotoError("undecodable", f"the jpg has over {MAX_SCANS} scans")
    if body.seek(-2, 2) >= scan and body.read() == b"\xff\xd9":  # nearly always
        return body.tell()
    body.seek(scan)
    end = next(_find_all(body, END_MARK), None)
    if end is None:
        raise EndOfFileError
    return end


def _find_all(body: BinaryIO, mark: re.Pattern[bytes]) -> Iterator[int]:
    """Yield the offset behind each `mark` of two bytes, from the current position on."""
    last, at = b"", body.tell()
    while piece := body.read(PIECE):
        for found in mark.finditer(last + piece):
            yield at - len(last) + found.end()
        at, last = at + len(piece), piece[-1:]


def _read_png(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(8)
    for _ in range(MAX_PARTS):
        length, kind = struct.unpack(">I4s", _take(body, 8))
        if not size:
            if kind != b"IHDR":
                raise _contradiction("png", "that does not begin with its header")
            size.append(struct.unpack(">II", _take(body, 8)))
            length -= 8
        body.seek(max(length, 0), 1)
        _take(body, 4)
        if kind == b"IEND":
            return body.tell()
    raise _too_many_parts("png")


def _read_gif(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(6)
    width, height, packed = struct.unpack("<HHBxx", _take(body, 7))
    size.append((width, height))
    _skip_palette(body, packed)
    for _ in range(MAX_PARTS):
        kind = _take(body, 1)[0]
        if kind == 0x3B:
            return body.tell()
        if kind == 0x2C:
            _skip_palette(body, _take(body, 9)[8])
            _take(body, 1)
        elif kind == 0x21:
            _take(body, 1)
        else:
            raise _contradiction("gif", f"with a block of kind {kind}")
        _skip_blocks(body)
    raise _too_many_parts("gif")


def _skip_palette(body: BinaryIO, packed: int) -> None:
    if packed & 0x80:
        _take(body, 3 << ((packed & 7) + 1))


def _skip_blocks(body: BinaryIO) -> None:
    for _ in range(MAX_PARTS):
        length = _take(body, 1)[0]
        if length == 0:
            return
        _take(body, length)
    raise _too_many_parts("gif")


def _read_webp(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    """Read the canvas size of an extended file, or the frame size of a simple one."""
    body.seek(4)
    (length,) = struct.unpack("<I", _take(body, 4))
    head = _take(body, 22)[4:]  # the first chunk: name, length, ten bytes
    kind, bits = head[:4], head[8:]
    if kind == b"VP8X":
        size.append(tuple(int.from_bytes(bits[at : at + 3], "little") + 1 for at in (4, 7)))
    elif kind == b"VP8L" and bits[0] == 0x2F:
        packed = int.from_bytes(bits[1:5], "little")
        size.append(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1))
    elif kind == b"VP8 " and bits[3:6] == b"\x9d\x01\x2a":
        size.append(tuple(side & 0x3FFF for side in struct.unpack("<HH", bits[6:10])))
    else:
        raise _contradiction("webp", f"of the unknown kind {kind!r}")
    if body.seek(0, 2) < length + 8:
        raise EndOfFileError
    return length + 8


READERS: dict[str, Callable[[BinaryIO, list[tuple[int, int]]], int]] = {
    "jpg": _read_jpg,
    "png": _read_png,
    "gif": _read_gif,
    "webp": _read_webp,
}
