"""Look into a zip without unpacking it: nothing is written, so nothing can be written elsewhere."""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from phototags.errors import ArchiveError
from phototags.photos.archives import MAX_MEMBERS, names_below

DAMAGED = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What zipfile raises for damage, encryption (RuntimeError) and methods that it does not know."""


class Zip:
    """The files of a zip by name, as `phototags.photos.archives.Archive` gives those of a tar.

    Used in a `with` block.

    Raises:
        ArchiveError: when the file is missing, is no zip, or names more than `MAX_MEMBERS` files.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        try:
            self._zip = zipfile.ZipFile(self.path)
        except DAMAGED as error:
            raise ArchiveError(
                f"{self.path} should be a zip, but: {error}. "
                "Remove it and run `snakemake` again to fetch it anew."
            ) from error
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise ArchiveError(f"{self.path} has {len(members)} files; {MAX_MEMBERS} at most")
        self._members = {
            posixpath.normpath(member.filename): member for member in members if not member.is_dir()
        }

    def __enter__(self) -> "Zip":
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self, folder: str, suffix: str) -> list[str]:
        """Names of files below a folder ("" for all), sorted; suffixes in lower case."""
        return names_below(self._members, folder, suffix)

    def read(self, name: str, at_most: int) -> bytes | None:
        """A file's bytes, one more than `at_most` when it has more; None when there is none.

        No more than that is unpacked, whatever the file claims or unpacks to.

        Raises:
            ArchiveError: when the file is damaged, encrypted or packed in an unknown way.
        """
        member = self._members.get(posixpath.normpath(name))
        if member is None:
            return None
        with self._open(member) as file:
            return file.read(at_most + 1)

    @contextmanager
    def stream(self, name: str, at_most: int) -> Iterator[IO[bytes]]:
        """A file to read piece by piece, for what is too large to hold.

        Raises:
            ArchiveError: when there is no such file, it claims more bytes than `at_most` (zipfile
                gives no more than claimed), or it is damaged.
        """
        member = self._members.get(posixpath.normpath(name))
        if member is None:
            raise ArchiveError(
                f"{self.path} should hold {name}, but has {sorted(self._members)[:5]}"
            )
        if member.file_size > at_most:
            raise ArchiveError(
                f"{name} in {self.path} unpacks to {member.file_size} bytes; {at_most} at most"
            )
        with self._open(member) as file:
            yield file

    @contextmanager
    def _open(self, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(member) as file:
                yield file
        except DAMAGED as error:
            raise ArchiveError(
                f"{member.filename} in {self.path} can't be read: {error}. "
                "Remove the archive and run `snakemake` again to fetch it anew."
            ) from error
