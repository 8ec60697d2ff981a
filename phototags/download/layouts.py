"""How the four formats are laid out: where the size stands, and where the picture ends.

ITU T.81 annex B (JPEG), RFC 2083 (PNG), the GIF89a specification, RFC 9649 (WebP). Each reader
takes an open body, puts (width, height) into `size` and returns the offset behind the picture.
"""

import struct
from collections.abc import Callable
from typing import BinaryIO

from phototags.download.outcomes import Outcome
from phototags.errors import PhotoError

PIECE = 1 << 16
PARTS = 1 << 18  # more chunks, segments or blocks than any camera writes: time is a resource too


class Cut(Exception):
    """The file ends before its picture does."""


def take(body: BinaryIO, count: int) -> bytes:
    piece = body.read(count)
    if len(piece) < count:
        raise Cut
    return piece


def _too_many_parts(format: str) -> PhotoError:
    return PhotoError(Outcome.NOT_AN_IMAGE, f"a {format} of more than {PARTS} parts")


def read_jpg(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    """Segments up to the scan, then the end marker: within a scan it cannot occur as data."""
    body.seek(2)
    for _ in range(PARTS):
        mark = take(body, 2)
        while mark[1] == 0xFF:  # fill bytes
            mark = mark[1:] + take(body, 1)
        if mark[0] != 0xFF:
            raise PhotoError(Outcome.NOT_AN_IMAGE, "a jpg whose segments do not join")
        if mark[1] in (0xD9, 0xDA):  # end, scan
            break
        if mark[1] == 0x01 or 0xD0 <= mark[1] <= 0xD8:  # stand alone, without a length
            continue
        length = int.from_bytes(take(body, 2), "big")
        if 0xC0 <= mark[1] <= 0xCF and mark[1] not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">xHH", take(body, 5))
            size.append((width, height))
            length -= 5
        body.seek(max(length - 2, 0), 1)
    else:
        raise _too_many_parts("jpg")
    if mark[1] == 0xD9:
        return body.tell()
    scan = body.tell()
    if body.seek(-2, 2) >= scan and body.read() == b"\xff\xd9":  # nearly always
        return body.tell()
    body.seek(scan)
    return _find(body, b"\xff\xd9")


def _find(body: BinaryIO, mark: bytes) -> int:
    """The offset behind the next `mark`."""
    last, at = b"", body.tell()
    while piece := body.read(PIECE):
        found = (last + piece).find(mark)
        if found >= 0:
            return at - len(last) + found + len(mark)
        at, last = at + len(piece), piece[1 - len(mark) :]
    raise Cut


def read_png(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(8)
    for _ in range(PARTS):
        length, kind = struct.unpack(">I4s", take(body, 8))
        if not size:
            if kind != b"IHDR":
                raise PhotoError(Outcome.NOT_AN_IMAGE, "a png that does not begin with its header")
            size.append(struct.unpack(">II", take(body, 8)))
            length -= 8
        body.seek(max(length, 0), 1)
        take(body, 4)
        if kind == b"IEND":
            return body.tell()
    raise _too_many_parts("png")


def read_gif(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(6)
    width, height, packed = struct.unpack("<HHBxx", take(body, 7))
    size.append((width, height))
    _skip_palette(body, packed)
    for _ in range(PARTS):
        kind = take(body, 1)[0]
        if kind == 0x3B:
            return body.tell()
        if kind == 0x2C:
            _skip_palette(body, take(body, 9)[8])
            take(body, 1)
        elif kind == 0x21:
            take(body, 1)
        else:
            raise PhotoError(Outcome.NOT_AN_IMAGE, f"a gif with a block of kind {kind}")
        _skip_blocks(body)
    raise _too_many_parts("gif")


def _skip_palette(body: BinaryIO, packed: int) -> None:
    if packed & 0x80:
        take(body, 3 << ((packed & 7) + 1))


def _skip_blocks(body: BinaryIO) -> None:
    for _ in range(PARTS):
        length = take(body, 1)[0]
        if length == 0:
            return
        take(body, length)
    raise _too_many_parts("gif")


def read_webp(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(4)
    (length,) = struct.unpack("<I", take(body, 4))
    head = take(body, 22)[4:]  # the first chunk: name, length, ten bytes
    kind, bits = head[:4], head[8:]
    if kind == b"VP8X":
        size.append(tuple(int.from_bytes(bits[at : at + 3], "little") + 1 for at in (4, 7)))
    elif kind == b"VP8L" and bits[0] == 0x2F:
        packed = int.from_bytes(bits[1:5], "little")
        size.append(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1))
    elif kind == b"VP8 " and bits[3:6] == b"\x9d\x01\x2a":
        size.append(tuple(side & 0x3FFF for side in struct.unpack("<HH", bits[6:10])))
    else:
        raise PhotoError(Outcome.NOT_AN_IMAGE, "a webp without a known first chunk")
    if body.seek(0, 2) < length + 8:
        raise Cut
    return length + 8


READERS: dict[str, Callable[[BinaryIO, list[tuple[int, int]]], int]] = {
    "jpg": read_jpg,
    "png": read_png,
    "gif": read_gif,
    "webp": read_webp,
}
