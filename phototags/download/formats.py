"""What a body is, how large its picture is and whether it is all there, from structure alone.

Nothing is decoded here: a picture of a billion pixels costs as little as a small one. The layouts
are ITU T.81 annex B (JPEG), RFC 2083 (PNG), the GIF89a specification and RFC 9649 (WebP).
"""

import contextlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from phototags.download.outcomes import Outcome
from phototags.errors import PhotoError

PIECE = 1 << 16
PARTS = 1 << 18  # more chunks, segments or blocks than any camera writes: time is a resource too
OTHERS = {b"BM": "BMP", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"<svg": "SVG", b"\0\0\1\0": "ICO"}


@dataclass(frozen=True, slots=True)
class Look:
    """What the structure says.

    Args:
        format: jpg, png, gif or webp, the suffix of its name in the shard.
        width, height: in pixels.
        end: offset behind the picture's last byte, None when the file ends before.
    """

    format: str
    width: int
    height: int
    end: int | None


class _Cut(Exception):
    """The file ends before its picture does."""


def sniff(start: bytes) -> str:
    """The format of a body by its first 16 bytes; Content-Type is not asked, it lies too often.

    Raises:
        PhotoError: `not_an_image`, naming picture formats that are known but not read.

    >>> sniff(b"GIF89a" + bytes(10))
    'gif'
    """
    if start[:3] == b"\xff\xd8\xff":
        return "jpg"
    if start[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if start[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    other = next((name for magic, name in OTHERS.items() if start.startswith(magic)), None)
    if start[4:8] == b"ftyp":
        other = start[8:12].decode("ascii", "replace").upper()
    found = f"{other}, a format that is not read" if other else f"begins with {start[:12]!r}"
    raise PhotoError(Outcome.NOT_AN_IMAGE, found)


def look(body: BinaryIO) -> Look:
    """Read a picture's structure from start to end.

    Raises:
        PhotoError: `not_an_image` when it contradicts its format, `truncated` when it ends
            before its size is told.
    """
    body.seek(0)
    format = sniff(body.read(16))
    size: list[tuple[int, int]] = []
    end = None
    with contextlib.suppress(_Cut):
        end = READERS[format](body, size)
    if not size:
        kind = Outcome.TRUNCATED if end is None else Outcome.NOT_AN_IMAGE
        raise PhotoError(kind, f"a {format} without a size")
    width, height = size[0]
    if width < 1 or height < 1:
        raise PhotoError(Outcome.NOT_AN_IMAGE, f"a {format} of {width}x{height} pixels")
    return Look(format, width, height, end)


def _take(body: BinaryIO, count: int) -> bytes:
    piece = body.read(count)
    if len(piece) < count:
        raise _Cut
    return piece


def _too_many_parts(format: str) -> PhotoError:
    return PhotoError(Outcome.NOT_AN_IMAGE, f"a {format} of more than {PARTS} parts")


def _read_jpg(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    """Segments up to the scan, then the end marker: within a scan it cannot occur as data."""
    body.seek(2)
    for _ in range(PARTS):
        mark = _take(body, 2)
        while mark[1] == 0xFF:  # fill bytes
            mark = mark[1:] + _take(body, 1)
        if mark[0] != 0xFF:
            raise PhotoError(Outcome.NOT_AN_IMAGE, "a jpg whose segments do not join")
        if mark[1] in (0xD9, 0xDA):  # end, scan
            break
        length = int.from_bytes(_take(body, 2), "big")
        if 0xC0 <= mark[1] <= 0xCF and mark[1] not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">xHH", _take(body, 5))
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
    raise _Cut


def _read_png(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(8)
    for _ in range(PARTS):
        length, kind = struct.unpack(">I4s", _take(body, 8))
        if not size:
            if kind != b"IHDR":
                raise PhotoError(Outcome.NOT_AN_IMAGE, "a png that does not begin with its header")
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
    for _ in range(PARTS):
        kind = _take(body, 1)[0]
        if kind == 0x3B:
            return body.tell()
        if kind == 0x2C:
            _skip_palette(body, _take(body, 9)[8])
            _take(body, 1)
        elif kind == 0x21:
            _take(body, 1)
        else:
            raise PhotoError(Outcome.NOT_AN_IMAGE, f"a gif with a block of kind {kind}")
        _skip_blocks(body)
    raise _too_many_parts("gif")


def _skip_palette(body: BinaryIO, packed: int) -> None:
    if packed & 0x80:
        _take(body, 3 << ((packed & 7) + 1))


def _skip_blocks(body: BinaryIO) -> None:
    for _ in range(PARTS):
        length = _take(body, 1)[0]
        if length == 0:
            return
        _take(body, length)
    raise _too_many_parts("gif")


def _read_webp(body: BinaryIO, size: list[tuple[int, int]]) -> int:
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
        raise PhotoError(Outcome.NOT_AN_IMAGE, "a webp without a known first chunk")
    if body.seek(0, 2) < length + 8:
        raise _Cut
    return length + 8


READERS: dict[str, Callable[[BinaryIO, list[tuple[int, int]]], int]] = {
    "jpg": _read_jpg,
    "png": _read_png,
    "gif": _read_gif,
    "webp": _read_webp,
}
