"""Walk the structure of image files to find the size and the end of the image.

RFC 2083 (PNG), the GIF89a specification, RFC 9649 (WebP), ISO 14496-12 (boxes of AVIF and HEIC),
TIFF 6.0; JPEG in `jpeg_layout`. Each reader takes an open file, appends (width, height) to `size`
and returns the offset behind the image.
"""

import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, NamedTuple

from phototags.errors import PhotoError
from phototags.photos.jpeg_layout import EndOfFileError, read_jpg, take
from phototags.photos.pillow import open_image

NEW_SUBFILE_TYPE, PREVIEW, DNG_VERSION = 254, 1, 50706
MAX_BOXES = 100
MAX_PARTS = 1 << 18  # more chunks, segments or blocks than any camera writes: time is limited too


def _contradiction(format: str, what: str) -> PhotoError:
    return PhotoError("not_an_image", f"a {format} {what}")


def _too_many_parts(format: str) -> PhotoError:
    return _contradiction(format, f"of more than {MAX_PARTS} parts")


class Chunk(NamedTuple):
    """One chunk of a PNG: its name, and the offsets of its first byte and behind its checksum."""

    name: bytes
    start: int
    end: int


def read_chunks(body: BinaryIO) -> Iterator[Chunk]:
    """Yield each chunk of a PNG up to IEND.

    Raises:
        EndOfFileError: the file ends before.
    """
    at = 8
    for _ in range(MAX_PARTS):
        body.seek(at)
        length, name = struct.unpack(">I4s", take(body, 8))
        body.seek(at + 8 + length)
        take(body, 4)
        chunk = Chunk(name, at, at + 12 + length)
        yield chunk
        if name == b"IEND":
            return
        at = chunk.end
    raise _too_many_parts("png")


def _read_png(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(8)
    _, name, *sides = struct.unpack(">I4sII", take(body, 16))
    if name != b"IHDR":
        raise _contradiction("png", "that does not begin with its header")
    size.append(tuple(sides))
    return [chunk.end for chunk in read_chunks(body)][-1]


def _read_gif(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    body.seek(6)
    width, height, packed = struct.unpack("<HHBxx", take(body, 7))
    size.append((width, height))
    _skip_palette(body, packed)
    for _ in range(MAX_PARTS):
        kind = take(body, 1)[0]
        if kind == 0x3B:
            return body.tell()
        if kind == 0x2C:
            _skip_palette(body, take(body, 9)[8])
            take(body, 1)
        elif kind == 0x21:
            take(body, 1)
        else:
            raise _contradiction("gif", f"with a block of kind {kind}")
        _skip_blocks(body)
    raise _too_many_parts("gif")


def _skip_palette(body: BinaryIO, packed: int) -> None:
    if packed & 0x80:
        take(body, 3 << ((packed & 7) + 1))


def _skip_blocks(body: BinaryIO) -> None:
    for _ in range(MAX_PARTS):
        length = take(body, 1)[0]
        if length == 0:
            return
        take(body, length)
    raise _too_many_parts("gif")


def _read_webp(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    """Read the canvas size of an extended file, or the frame size of a simple one."""
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
        raise _contradiction("webp", f"of the unknown kind {kind!r}")
    if body.seek(0, 2) < length + 8:
        raise EndOfFileError
    return length + 8


def _read_boxes(body: BinaryIO, size: list[tuple[int, int]], format: str) -> int:
    """Walk the boxes until description and data are past; the size is the decoder's word."""
    at, last, seen = 0, body.seek(0, 2), set()
    while not seen >= {b"meta", b"mdat"} and len(seen) < MAX_BOXES:
        body.seek(at)
        length, name = struct.unpack(">I4s", take(body, 8))
        if length == 1:
            (length,) = struct.unpack(">Q", take(body, 8))
        length = length or last - at
        if length < 8 or at + length > last:
            raise EndOfFileError
        seen.add(name)
        at += length
    size.append(_open_header(body, format)[0])
    return at


def is_raw(body: BinaryIO) -> bool:
    """Whether a TIFF holds the raw data of a camera: it begins with a preview then."""
    try:
        tags = _open_header(body, "tif")[1]
    except PhotoError:
        return False
    return tags.get(NEW_SUBFILE_TYPE) == PREVIEW or DNG_VERSION in tags


def _read_tif(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    """Read the first directory, whose strips or tiles may lie anywhere."""
    from PIL.TiffImagePlugin import STRIPBYTECOUNTS, STRIPOFFSETS, TILEBYTECOUNTS, TILEOFFSETS

    sides, tags = _open_header(body, "tif")
    if is_raw(body):
        raise _contradiction("tif", "that holds the raw data of a camera")
    size.append(sides)
    end = body.seek(0, 2)
    for offsets, counts in ((STRIPOFFSETS, STRIPBYTECOUNTS), (TILEOFFSETS, TILEBYTECOUNTS)):
        parts = zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False)
        if any(start + count > end for start, count in parts):
            raise EndOfFileError
    return end


def _open_header(body: BinaryIO, format: str) -> tuple[tuple[int, int], dict]:
    """Read width, height and a TIFF's tags by Pillow, which decodes no pixel yet."""
    try:
        with open_image(body, format) as image:
            return image.size, dict(getattr(image, "tag_v2", {}))
    except Exception as error:  # a damaged header raises nearly anything
        name = type(error).__name__
        raise _contradiction(format, f"whose header can't be read: {name}") from error


READERS: dict[str, Callable[[BinaryIO, list[tuple[int, int]]], int]] = {
    "jpg": read_jpg,
    "png": _read_png,
    "gif": _read_gif,
    "webp": _read_webp,
    "avif": partial(_read_boxes, format="avif"),
    "heic": partial(_read_boxes, format="heic"),
    "tif": _read_tif,
}
