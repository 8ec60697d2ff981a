"""Decompress tars, so that each file in them can be read at its offset."""

import bz2
import gzip
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
OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
DAMAGED = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


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
