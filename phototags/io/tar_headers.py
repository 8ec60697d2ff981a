"""Read the headers of a tar within bounds of bytes, steps and nesting.

Python's tarfile is not used to read what strangers made: before 3.11.14 its header parsing takes
minutes or for ever on files of 100 kB (CVE-2024-6232, CVE-2025-8194). The formats are those of
POSIX.1-2001 (ustar, pax) and GNU tar.
"""

import os
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

BLOCK = 512
MAX_EXTENSION = 1 << 20  # bytes of a pax header or long name; Linux's longest path has 4,096
MAX_NESTED = 8  # extensions before one member; GNU tar and pax write two at most
MAX_SPARSE = 100_000  # blocks of a map of holes
FILE, SYMLINK, HARDLINK, OTHER = "file", "symlink", "hardlink", "other"
KINDS = {b"0": FILE, b"\0": FILE, b"7": FILE, b"1": HARDLINK, b"2": SYMLINK}
WITHOUT_DATA = {b"1", b"2", b"3", b"4", b"5", b"6"}
LOCAL_PAX, GLOBAL_PAX = {b"x", b"X"}, {b"g"}
LONG_NAMES = {b"L": "path", b"K": "linkpath"}
NUMBER = re.compile(rb"[0-7]{1,12}")
RECORD = re.compile(rb"([0-9]{1,7}) ")


class TarMember(NamedTuple):
    """One member of a tar.

    Args:
        name: its path. kind: FILE, SYMLINK, HARDLINK or OTHER (folders, devices, sparse files).
        link: where a link leads to.
        offset, size: of its bytes in the tar.
    """

    name: str
    kind: str
    link: str
    offset: int
    size: int


def read_tar_headers(file: BinaryIO) -> Iterator[TarMember]:
    """Yield the members of an uncompressed tar, each in bounded time and memory.

    Args:
        file: seekable; read in binary.

    Raises:
        ValueError: when it is no tar, is damaged or ends early, or has a header beyond the bounds.
    """
    end, at, steps = file.seek(0, os.SEEK_END), 0, 0
    shared: dict[str, str] = {}
    own: dict[str, str] = {}
    if not end:
        raise ValueError("the file is empty")
    while (header := _read_block(file, at, end)) is not None:
        size, kind = _parse_number(header[124:136]), header[156:157]
        at += BLOCK
        if kind in LOCAL_PAX | GLOBAL_PAX or kind in LONG_NAMES:
            steps += 1
            content = _read_extension(file, at, size, end, steps)
            if kind in LONG_NAMES:
                own.setdefault(LONG_NAMES[kind], _decode(content.partition(b"\0")[0]))
            else:
                (shared if kind in GLOBAL_PAX else own).update(_parse_pax(content))
            at += _pad(size)
            continue
        member, at = _make_member(file, header, at, size, shared | own, end)
        yield member
        own, steps = {}, 0
    if own:
        raise ValueError("it ends behind the header of a long name")


def _read_block(file: BinaryIO, at: int, end: int) -> bytes | None:
    """Read the header at an offset; None at the end of the archive."""
    file.seek(at)
    header = file.read(BLOCK)
    if header.count(0) == len(header) and (header or at == end):
        return None
    if len(header) < BLOCK:
        raise ValueError(f"it ends inside a header, at byte {at}")
    stated = NUMBER.match(header[148:156].lstrip(b" "))
    unsigned = sum(header) - sum(header[148:156]) + 8 * 32
    signed = unsigned - 256 * sum(byte > 127 for byte in header[:148] + header[156:])
    if not stated or int(stated[0], 8) not in (unsigned, signed):
        raise ValueError(f"the header at byte {at} has a wrong checksum")
    return header


def _parse_number(field: bytes) -> int:
    """Parse a number in octal digits, or in GNU tar's base 256; a negative one is an error."""
    if field[0] & 0x80:
        if field[0] != 0x80:
            raise ValueError("a size is negative or beyond any file's")
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip()
    if digits and not NUMBER.fullmatch(digits):
        raise ValueError(f"a size should be octal digits, but is {digits!r:.30}")
    return int(digits or b"0", 8)


def _read_extension(file: BinaryIO, at: int, size: int, end: int, steps: int) -> bytes:
    if steps > MAX_NESTED:
        raise ValueError(f"a member has more than {MAX_NESTED} extended headers")
    if size > MAX_EXTENSION:
        raise ValueError(f"an extended header has {size} bytes; {MAX_EXTENSION} at most")
    if at + size > end:
        raise ValueError(f"it ends inside an extended header, at byte {at}")
    file.seek(at)
    return file.read(size)


def _parse_pax(content: bytes) -> dict[str, str]:
    """Parse records `LENGTH KEY=VALUE\\n`; values as text, whatever their encoding."""
    values, at = {}, 0
    while at < len(content) and content[at]:
        found = RECORD.match(content, at)
        end = at + int(found[1]) if found else 0
        if not found or end <= found.end() or end > len(content) or content[end - 1] != 0x0A:
            raise ValueError("a pax header has a record of another length than it says")
        key, equals, value = content[found.end() : end - 1].partition(b"=")
        if not equals:
            raise ValueError("a pax header has a record without a value")
        values[_decode(key)] = _decode(value)
        at = end
    return values


def _make_member(
    file: BinaryIO, header: bytes, at: int, size: int, extended: dict[str, str], end: int
) -> tuple[TarMember, int]:
    """Make the member of a header, and the offset of the next header."""
    kind, name = header[156:157], _decode(header[:100].partition(b"\0")[0])
    prefix = _decode(header[345:500].partition(b"\0")[0])
    if prefix and header[257:263] == b"ustar\0":
        name = f"{prefix}/{name}"
    name = extended.get("path", name)
    if "size" in extended:
        if not re.fullmatch("[0-9]{1,19}", extended["size"]):
            raise ValueError(f"a size should be digits, but is {extended['size']!r:.30}")
        size = int(extended["size"])
    sparse = kind == b"S" or any(key.startswith("GNU.sparse") for key in extended)
    if kind == b"S":
        at = _skip_sparse_map(file, header, at)
    size = 0 if kind in WITHOUT_DATA else size
    if at + size > end:
        raise ValueError(f"it ends inside {name!r:.100}: {end - at} of {size} bytes")
    folder = kind == b"\0" and name.endswith("/")
    link = extended.get("linkpath", _decode(header[157:257].partition(b"\0")[0]))
    known = OTHER if sparse or folder else KINDS.get(kind, OTHER)
    return TarMember(name, known, link, at, size), at + _pad(size)


def _skip_sparse_map(file: BinaryIO, header: bytes, at: int) -> int:
    """Return the offset behind an old GNU sparse file's map, which may go on for several blocks."""
    extended = header[482]
    for _ in range(MAX_SPARSE):
        if not extended:
            return at
        file.seek(at)
        block = file.read(BLOCK)
        if len(block) < BLOCK:
            raise ValueError("it ends inside the map of a sparse file")
        extended, at = block[504], at + BLOCK
    raise ValueError(f"the map of a sparse file has more than {MAX_SPARSE} blocks")


def _pad(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
