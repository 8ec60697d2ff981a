"""Write and read shards: tars of images named by their row, `{row:08d}.{format}`."""

import os
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from phototags.errors import ArchiveError
from phototags.io.storage import atomic_write
from phototags.io.tar_headers import FILE, TarMember, read_tar_headers

PIECE = 1 << 20


class Member(NamedTuple):
    """One image in a shard.

    Args:
        file: as in the photo table: `00000.tar/00000012.png`.
        offset: of its first byte in the tar.
    """

    file: str
    offset: int


class ShardWriter:
    """Appends images to a shard; `write_shard` makes it.

    Args:
        name: of the shard's file. tar: open for writing.
    """

    def __init__(self, name: str, tar: tarfile.TarFile):
        self._name, self._tar = name, tar

    def add(self, row: int, format: str, size: int, content: BinaryIO) -> Member:
        """Copy the next `size` bytes of an open file, piece by piece."""
        entry = tarfile.TarInfo(f"{row:08d}.{format}")  # time 0, owner 0, mode 644
        entry.size = size
        member = Member(f"{self._name}/{entry.name}", self._tar.offset + tarfile.BLOCKSIZE)
        self._tar.addfile(entry, content)
        return member


@contextmanager
def write_shard(path: Path | str) -> Iterator[ShardWriter]:
    """Write a shard atomically; the same images in the same order give the same bytes."""
    form = {"format": tarfile.USTAR_FORMAT, "copybufsize": PIECE}
    with atomic_write(path) as part, tarfile.open(part, "w", **form) as tar:
        yield ShardWriter(Path(path).name, tar)


def read_members(shard: Path | str) -> Iterator[tuple[int, bytes]]:
    """Yield the row and the bytes of each image of a shard, in the order of rows.

    Raises:
        ArchiveError: when the file is no shard, or damaged.
    """
    places = _read_headers(Path(shard))
    with open(shard, "rb") as file:
        for row, (offset, size) in places.items():
            yield row, os.pread(file.fileno(), size, offset)


def read_files(shards: Iterable[Path], files: Iterable[str]) -> dict[str, bytes]:
    """Read the bytes of named images from their shards, without those of others.

    Args:
        shards: the tar files of one corpus, in any order.
        files: as in the photo table: `00000.tar/00000012.png`.

    Raises:
        ArchiveError: when a shard or an image in it is missing.
    """
    places, files = {Path(shard).name: Path(shard) for shard in shards}, list(files)
    try:
        index = ShardIndex(places[name] for name in {file.partition("/")[0] for file in files})
        return {file: index.read(int(Path(file).stem), sys.maxsize - 1) for file in files}
    except (KeyError, ValueError, ArchiveError) as error:
        raise ArchiveError(
            f"expected {', '.join(files)} in the shards {sorted(places)}, but: {error!r}. "
            "Run `snakemake` again."
        ) from error


class ShardIndex:
    """Finds any image of a corpus by its row, without reading those before it.

    Args:
        shards: of one corpus; only their headers are read.

    Raises:
        ArchiveError: when one is missing, no shard or damaged, or a row stands in two.
    """

    def __init__(self, shards: Iterable[Path | str]):
        self.places: dict[int, tuple[Path, int, int]] = {}  # row: shard, offset, size in bytes
        for shard in map(Path, shards):
            for row, place in _read_headers(shard).items():
                if row in self.places:
                    raise ArchiveError(
                        f"row {row} should be in one shard, but is in {self.places[row][0]} and "
                        f"{shard}. Remove both and run `snakemake` again."
                    )
                self.places[row] = (shard, *place)

    def __contains__(self, row: int) -> bool:
        return row in self.places

    def read(self, row: int, at_most: int) -> bytes:
        """Read an image, one byte more than `at_most` when it has more; from any thread.

        Raises:
            ArchiveError: when no shard has it, or the shard ends inside it.
        """
        if row not in self.places:
            raise ArchiveError(f"no shard has the picture of row {row}. Run `snakemake` again.")
        shard, offset, size = self.places[row]
        wanted = min(size, at_most + 1)
        with open(shard, "rb") as file:
            content = os.pread(file.fileno(), wanted, offset)
        if len(content) < wanted:
            raise ArchiveError(
                f"{shard} ends inside the picture of row {row}: {len(content)} of {size} bytes. "
                "Remove it and run `snakemake` again."
            )
        return content


def _read_headers(shard: Path) -> dict[int, tuple[int, int]]:
    """Read the offset and size, in bytes, of each row's image in a shard."""
    try:
        with open(shard, "rb") as file:
            return {_parse_row(one): (one.offset, one.size) for one in read_tar_headers(file)}
    except (OSError, ValueError) as error:
        raise _no_shard(shard, error) from error


def _parse_row(member: TarMember) -> int:
    """Parse the row of `00000012.png`; a ValueError where a member is no such file."""
    if member.kind != FILE or not re.fullmatch(r"[0-9]{1,18}\.[a-z0-9]+", member.name):
        raise ValueError(f"its member {member.name!r:.60} is no picture named by its row")
    return int(member.name.partition(".")[0])


def _no_shard(shard: Path | str, error: Exception) -> ArchiveError:
    return ArchiveError(
        f"{shard} should be a shard of pictures written by phototags, but: {error}. "
        "Remove it and run `snakemake` again."
    )
