"""Fast parser of tab-separated fields with URL-encoded values: bytes in, Arrow arrays out.

Compiled by numba, since no CSV parser both reports the lines with a wrong number of fields and
decodes URL encoding: polars with Python's unquote_plus takes several times as long, and Arrow's
functions for integers and lists alone cost a quarter of the speed.
"""

from typing import NamedTuple

import numba
import numpy as np
import pyarrow as pa

TAB, NEWLINE, RETURN, COMMA, PLUS, PERCENT, BLANK = b"\t\n\r,+% "
compiled = numba.njit(cache=True, nogil=True)


class Lines(NamedTuple):
    """Positions of the fields of n lines in a block of bytes.

    Args:
        block: (bytes,) uint8, whole lines.
        starts: (n,) int32, the first byte of each line.
        ends: (n, F) int32, the byte after each of the first F fields.
        counts: (n,) int32, how many fields each line has.
        nuls: (n,) bool, whether the line has a zero byte.
    """

    block: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    counts: np.ndarray
    nuls: np.ndarray

    def select(self, chosen: np.ndarray) -> "Lines":
        """Select lines by (n,) bool."""
        if chosen.all():
            return self
        return Lines(self.block, *(part[chosen] for part in tuple(self)[1:]))

    def field_bounds(self, field: int) -> tuple[np.ndarray, np.ndarray]:
        """The first byte of a field in each line, and the byte after its last."""
        first = self.ends[:, field - 1] + 1 if field else self.starts
        return np.ascontiguousarray(first), np.ascontiguousarray(self.ends[:, field])


def count_lines(block: bytes) -> int:
    """Count the lines that end in a block, in a third of the time of `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == NEWLINE))


def split_lines(block: bytes, fields: int) -> Lines:
    """Find the lines of a block that ends with a newline, and their first `fields` fields.

    >>> split_lines(b"a\\tb\\nc\\n", 2).counts
    array([2, 1], dtype=int32)
    """
    lines = count_lines(block)
    found = Lines(
        np.frombuffer(block, np.uint8),
        np.zeros(lines, np.int32),
        np.zeros((lines, fields), np.int32),
        np.zeros(lines, np.int32),
        np.zeros(lines, np.bool_),
    )
    _find_fields(*found)
    return found


@compiled
def _find_fields(block, starts, ends, counts, nuls):
    line, field, start, fields = 0, 0, 0, ends.shape[1]
    for at in range(len(block)):
        byte = block[at]
        if byte > TAB + 1:  # most bytes are text
            continue
        if byte in (TAB, NEWLINE):
            if field < fields:
                ends[line, field] = at
            field += 1
        if byte == NEWLINE:
            if field <= fields and at > start and block[at - 1] == RETURN:
                ends[line, field - 1] = at - 1
            starts[line], counts[line] = start, field
            line, field, start = line + 1, 0, at + 1
        elif byte == 0:
            nuls[line] = True


def parse_integers(lines: Lines, field: int) -> np.ndarray:
    """Parse a field as integers of at most 18 digits: (n,) int64, -1 where it is none."""
    return _parse_digits(lines.block, *lines.field_bounds(field))


@compiled
def _parse_digits(block, first, end):
    values = np.full(len(first), -1, np.int64)
    for line in range(len(first)):
        value = 0
        for at in range(first[line], end[line]):
            digit = block[at] - 48
            value = value * 10 + digit if 0 <= digit <= 9 else -1
            if value < 0:
                break
        if 0 < end[line] - first[line] <= 18:
            values[line] = value
    return values


def read_texts(lines: Lines, field: int, encoded: bool = False) -> pa.Array:
    """Read a field as text, URL-decoded if `encoded`; null if empty, U+FFFD for invalid UTF-8."""
    first, end = lines.field_bounds(field)
    out = np.empty(int((end - first).sum()), np.uint8)
    offsets = np.zeros(len(first) + 1, np.int32)
    _copy_texts(lines.block, first, end, encoded, out, offsets)
    return _make_strings(out, offsets, null_empty=True)


@compiled
def _copy_texts(block, first, end, encoded, out, offsets):
    to = 0
    for line in range(len(first)):
        at = first[line]
        while at < end[line]:
            at, to = _copy_character(block, at, end[line], encoded, out, to)
        offsets[line + 1] = to


@compiled
def _copy_character(block, at, end, encoded, out, to):
    """Copy the character at `at`; returns the next place in block and out."""
    byte = block[at]
    if not encoded or (byte != PLUS and byte != PERCENT):
        out[to] = byte
        return at + 1, to + 1
    if byte == PLUS:
        out[to] = BLANK
        return at + 1, to + 1
    high = _parse_hex(block[at + 1]) if at + 2 < end else -1
    low = _parse_hex(block[at + 2]) if at + 2 < end else -1
    if high < 0 or low < 0:
        out[to] = byte
        return at + 1, to + 1
    if high == 0 and low == 0:  # a zero byte ends strings elsewhere: U+FFFD
        out[to], out[to + 1], out[to + 2] = 0xEF, 0xBF, 0xBD
        return at + 3, to + 3
    out[to] = high * 16 + low
    return at + 3, to + 1


@compiled
def _parse_hex(byte):
    if 48 <= byte <= 57:
        return byte - 48
    lower = byte | 32
    return lower - 87 if 97 <= lower <= 102 else -1


def read_tag_lists(lines: Lines, field: int) -> pa.Array:
    """Read a field as lists of comma-separated, URL-decoded texts, without empty ones."""
    first, end = lines.field_bounds(field)
    size = int((end - first).sum())
    out, ends = np.empty(size, np.uint8), np.zeros(size // 2 + len(first) + 1, np.int32)
    offsets = np.zeros(len(first) + 1, np.int32)
    _copy_lists(lines.block, first, end, out, ends, offsets)
    return pa.ListArray.from_arrays(offsets, _make_strings(out, ends[: offsets[-1] + 1]))


@compiled
def _copy_lists(block, first, end, out, ends, offsets):
    to, count = 0, 0
    for line in range(len(first)):
        at, start = first[line], to
        while at <= end[line]:
            if at == end[line] or block[at] == COMMA:
                if to > start:
                    count, start = count + 1, to
                    ends[count] = to
                at += 1
            else:
                at, to = _copy_character(block, at, end[line], True, out, to)
        offsets[line + 1] = count


def _make_strings(out: np.ndarray, offsets: np.ndarray, null_empty: bool = False) -> pa.Array:
    """An Arrow array on these buffers, which are copied only if they are invalid UTF-8."""
    filled = np.packbits(np.diff(offsets) > 0, bitorder="little") if null_empty else None
    buffers = [None if filled is None else pa.py_buffer(filled)]
    buffers += [pa.py_buffer(offsets), pa.py_buffer(out)]
    strings = pa.StringArray.from_buffers(len(offsets) - 1, *buffers[1:], buffers[0])
    if out[: offsets[-1]].max(initial=0) < 128:
        return strings  # ASCII, as nearly all columns are
    try:
        strings.validate(full=True)
    except pa.ArrowInvalid:
        read = strings.view(pa.binary()).to_pylist()
        decoded = [None if text is None else text.decode(errors="replace") for text in read]
        return pa.array(decoded, pa.string())
    return strings
