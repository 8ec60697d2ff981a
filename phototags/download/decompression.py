"""Decompress tars, so that each file in them can be read at its offset."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from phototags.errors import ArchiveError
from phototags.io.progress import show_progress

MAX_DECOMPRESSED = 64 << 30  # bytes; the largest corpus of pictures in a tar has 4
MAX_RATIO = 100  # bytes for one; matrices of zeros and ones have sixty
MIN_LIMIT = 1 << 30  # bytes that any archive may unpack to, whatever its ratio
PIECE = 1 << 20
MAX_DICTIONARY = 256 << 20  # bytes that unpacking an xz may allocate; `xz -9` needs 65 MiB
DAMAGED = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, MemoryError)


def open_xz(path: Path, mode: str = "rb") -> BinaryIO:
    """Open an xz for reading, as `lzma.open`, but in bounded memory."""
    return io.BufferedReader(XzFile(path, mode), PIECE)


class XzFile(io.RawIOBase):
    """An xz opened for reading, in memory of at most `MAX_DICTIONARY`; `lzma.open` has no limit.

    Raises:
        EOFError, lzma.LZMAError: while reading, when it is cut, damaged or needs more memory.
    """

    def __init__(self, path: Path, mode: str = "rb"):
        self._file, self._unpacker = open(path, mode), None  # noqa: SIM115

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        """Unpack the next bytes into a buffer; 0 at the end of the last stream."""
        while True:
            if self._unpacker is None or self._unpacker.eof:
                rest = self._unpacker.unused_data if self._unpacker else b""
                given = (rest + self._file.read(PIECE)).lstrip(b"\0")  # padding between streams
                if not given:
                    return 0
                self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_DICTIONARY)
            else:
                given = self._file.read(PIECE) if self._unpacker.needs_input else b""
                if self._unpacker.needs_input and not given:
                    raise EOFError("it ends before the end of its stream")
            if piece := self._unpacker.decompress(given, len(buffer)):
                buffer[: len(piece)] = piece
                return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()


OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": open_xz}


def limit_decompressed(size: int, at_most: int = MAX_DECOMPRESSED) -> int:
    """Limit the bytes that an archive of `size` bytes may decompress to; more is a bomb.

    >>> limit_decompressed(50 << 20) == 5000 << 20, limit_decompressed(1) == 1 << 30
    (True, True)
    """
    return min(at_most, max(MIN_LIMIT, MAX_RATIO * size))


def decompress(file: Path, to: Path, at_most: int = MAX_DECOMPRESSED) -> None:
    """Decompress a file.

    Raises:
        ArchiveError: when it is damaged, or holds more bytes than `at_most` or
            `limit_decompressed` allow.
    """
    at_most = limit_decompressed(file.stat().st_size, at_most)
    try:
        with find_opener(file)(file, "rb") as packed, open(to, "wb") as plain:
            copy_limited(packed, plain, at_most, file.name)
    except DAMAGED as error:
        raise ArchiveError(
            f"{file.name} should be a complete compressed archive, but: {error}. "
            "Replace it in the mirror or run `snakemake` again to fetch it anew."
        ) from error


def copy_limited(source: BinaryIO, target: BinaryIO, at_most: int, name: str) -> None:
    """Copy to the end; raise an ArchiveError before more than `at_most` bytes are written."""
    left = at_most
    for piece in show_progress(iter(lambda: source.read(PIECE), b""), f"unpacking {name} (MiB)"):
        left -= len(piece)
        if left < 0:
            raise ArchiveError(f"{name} unpacks to more than {at_most} bytes: refused")
        target.write(piece)


def find_opener(file: Path) -> Callable[..., BinaryIO] | None:
    """Find what opens a gzip, bzip2 or xz file, by its first bytes; None for any other file."""
    with open(file, "rb") as content:
        start = content.read(5)
    return next((opener for magic, opener in OPENERS.items() if start.startswith(magic)), None)
