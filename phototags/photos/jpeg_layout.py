"""Walk the structure of JPEG files: size, end, and where each segment lies (ITU T.81 annex B)."""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from phototags.errors import PhotoError

PIECE = 1 << 16
MAX_SEGMENTS = 1 << 18  # more than any camera writes: time is limited too
MAX_SCANS = 200  # a progressive JPEG has about ten; thousands are an attack on time
FRAME_STARTS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF
END, SCAN = 0xD9, 0xDA
END_MARK = bytes((0xFF, END))
PADDING = bytes(16)  # a decoder reads ahead so far
NO_LENGTH = frozenset(range(0xD0, 0xD9)) | {0x01}  # markers without a length
PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
NUMBER_OF_LINES = 0xDC
BETWEEN_SCANS = frozenset((0xC4, 0xCC, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE))
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # restarts and stuffed bytes belong to a scan


class EndOfFileError(Exception):
    """The file ends before its image does."""


class Segment(NamedTuple):
    """One segment before the first scan, or the mark that ends them.

    Args:
        marker: its second byte. start, end: offsets of its first byte, and behind its last.
        head: its first 18 bytes behind the length.
    """

    marker: int
    start: int
    end: int
    head: bytes


def read_segments(body: BinaryIO) -> Iterator[Segment]:
    """Yield each segment up to the first scan or the end, both included.

    Bytes between two segments are passed over, as libjpeg does.

    Raises:
        EndOfFileError: the file ends before.
    """
    at = 2
    for _ in range(MAX_SEGMENTS):
        marker, behind = _read_marker(body, at)
        if marker in (END, SCAN):
            yield Segment(marker, behind - 2, behind, b"")
            return
        at = behind
        if marker not in NO_LENGTH:
            length = int.from_bytes(take(body, 2), "big")
            head = take(body, min(max(length - 2, 0), 18))
            at = behind + max(length, 2)
            yield Segment(marker, behind - 2, at, head)
    raise PhotoError("not_an_image", f"a jpg of more than {MAX_SEGMENTS} segments")


def take(body: BinaryIO, count: int) -> bytes:
    """Read so many bytes, or raise an EndOfFileError."""
    piece = body.read(count)
    if len(piece) < count:
        raise EndOfFileError
    return piece


def _read_marker(body: BinaryIO, at: int) -> tuple[int, int]:
    """Return the next marker and the offset behind it, and leave the file there."""
    body.seek(at)
    mark = take(body, 2)
    if MARKER.fullmatch(mark):
        return mark[1], at + 2
    for marker, behind in find_markers(body, at):
        body.seek(behind)
        return marker, behind
    raise EndOfFileError


def find_markers(body: BinaryIO, at: int) -> Iterator[tuple[int, int]]:
    """Yield each marker from an offset on, and the offset behind it; the caller may seek."""
    last = b""
    while True:
        body.seek(at)
        piece = body.read(PIECE)
        if not piece:
            return
        for found in MARKER.finditer(last + piece):
            yield found[0][1], at - len(last) + found.end()
        at, last = at + len(piece), piece[-1:]


def read_jpg(body: BinaryIO, size: list[tuple[int, int]]) -> int:
    """Append (width, height) to `size`, and return the offset behind the image's last byte.

    What follows the end mark is no part of the image: trailers of phones hold whole films. Where a
    trailer stands in the mark's place, the image ends before the first marker that cannot follow.
    """
    frame = b""
    for segment in read_segments(body):
        if segment.marker in FRAME_STARTS:
            frame = bytes([segment.marker]) + segment.head
            if len(segment.head) < 6:
                what = f"with a frame header of {len(segment.head)} bytes"
                raise PhotoError("not_an_image", f"a jpg {what}")
            height, width = struct.unpack(">xHH", segment.head[:5])
            size.append((width, height))
    return segment.end if segment.marker == END else _find_end(body, segment.start, frame)


def _find_end(body: BinaryIO, at: int, frame: bytes) -> int:
    """Find the end from the first scan's marker on.

    Args:
        frame: marker and head of the frame, which say whether more than one scan can come.
    """
    scans, skipped, more = 0, at, True
    for marker, behind in find_markers(body, at):
        if behind - 2 < skipped or marker == 0x01:
            continue
        if marker == END:
            return behind
        body.seek(behind)
        head = take(body, 3)
        length = int.from_bytes(head[:2], "big")
        if marker == SCAN and more and length == 6 + 2 * head[2] <= 14:
            scans += 1
            more = not frame or frame[0] in PROGRESSIVE or head[2] < frame[6]
        elif not (marker == NUMBER_OF_LINES or more and marker in BETWEEN_SCANS):
            return behind - 2
        if scans > MAX_SCANS:
            raise PhotoError("undecodable", f"the jpg has over {MAX_SCANS} scans")
        skipped = behind + length
    raise EndOfFileError


def complete_jpg(content: bytes, end: int | None) -> bytes:
    """Return the image up to its end; in place of a missing end mark zeros, for decoders to pass.

    So a decoder sees nothing of a trailer, and lacks bytes only where pixels are missing.
    """
    image = content[:end]
    return image if image.endswith(END_MARK) else image + PADDING
