"""Read tars and zips without unpacking them: nothing is written, so no path can escape.

Links in a tar are followed by name inside the archive; devices, sparse files and links that lead
out count as absent. A link in a zip is read as the bytes that it holds.
"""

import itertools
import os
import posixpath
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Self

from phototags.errors import ArchiveError
from phototags.io.tar_headers import FILE, OTHER, SYMLINK, TarMember, read_tar_headers
from phototags.io.zip_errors import ZIP_ERRORS
from phototags.photos.file_names import list_forms, normalize

MAX_LINKS = 40  # as many as Linux follows
MAX_MEMBERS = 2_000_000  # COCO has 123,287 pictures in its largest archive
MAX_DICTIONARY = 64 << 20  # bytes that unpacking a member by LZMA may allocate; xz -9 does
LOCAL_HEADER = struct.Struct("<26xHH")  # of a zip's member; lengths of its name and extra field


def filter_names(names: Iterable[str], folder: str, suffix: str) -> list[str]:
    """List the names below a folder ("" for all) with a suffix in lower case, sorted.

    >>> filter_names(["b/2.PNG", "b/1.png", "bb/3.png", "b/4.txt"], "b", ".png")
    ['b/1.png', 'b/2.PNG']
    """
    start = f"{folder.rstrip('/')}/" if folder else ""
    return sorted(
        name for name in names if name.startswith(start) and name.lower().endswith(suffix)
    )


class Archive:
    """The files of an archive by name (without a leading `./`), for use in a `with` block.

    Raises:
        ArchiveError: when the file is missing, damaged or of another kind, or names more than
            `MAX_MEMBERS` files.
    """

    kind: str  # what the file should be
    damage: tuple[type[Exception], ...]  # what reading a damaged one raises

    def __init__(self, path: Path | str):
        self.path = Path(path)
        try:
            self._file = self._open_file()
            members = list(itertools.islice(self._read_members(), MAX_MEMBERS + 1))
            if len(members) > MAX_MEMBERS:
                raise ValueError(f"it has more than {MAX_MEMBERS} files")
        except self.damage as error:
            raise ArchiveError(
                f"{self.path} should be {self.kind}, but: {error}. "
                "Remove it and run `snakemake` again to fetch it anew."
            ) from error
        self._members = {posixpath.normpath(name): member for name, member in members if member}
        self._forms: dict[str, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def find(self, name: str) -> str | None:
        """Find the name of a file or link that a table names, maybe in another form.

        Another normal form of Unicode, bytes of Windows-1252 where the archive has no UTF-8
        (`caf\\xe9.jpg`), or those bytes escaped. None where there is none.
        """
        name = posixpath.normpath(name)
        if name in self._members:
            return name
        if self._forms is None:
            odd = [known for known in sorted(self._members) if not known.isascii()]
            self._forms = {form: known for known in odd for form in list_forms(known)}
        return self._forms.get(normalize(name))

    def list_names(self, folder: str, suffix: str) -> list[str]:
        """List files and links below a folder ("" for all), sorted; suffixes in lower case."""
        return filter_names(self._members, folder, suffix)


class TarArchive(Archive):
    """An uncompressed tar."""

    kind = "an uncompressed tar"
    damage = (OSError, ValueError)

    def _open_file(self) -> BinaryIO:
        return open(self.path, "rb")

    def _read_members(self) -> Iterator[tuple[str, TarMember | None]]:
        for member in read_tar_headers(self._file):
            yield member.name, member if member.kind != OTHER else None

    def resolve(self, name: str) -> str | None:
        """Follow links from a name to a file; a name that is no link is its own file.

        None when there is no such name, when links lead out of the archive or nowhere, or in
        a circle.
        """
        name = self.find(name)
        for _ in range(MAX_LINKS):
            member = self._members.get(name)
            if member is None or member.kind == FILE:
                return name if member else None
            if member.kind == SYMLINK:
                name = posixpath.join(posixpath.dirname(name), member.link)
            else:
                name = member.link
            name = posixpath.normpath(name)
        return None

    def read(self, name: str, at_most: int) -> bytes | None:
        """Read a file, one byte more than `at_most` when it has more; None where `resolve` is None.

        Raises:
            ArchiveError: when the tar ends inside the file.
        """
        target = self.resolve(name)
        if target is None:
            return None
        member = self._members[target]
        wanted = min(member.size, at_most + 1)
        try:
            content = os.pread(self._file.fileno(), wanted, member.offset)
        except OSError as error:
            raise ArchiveError(f"{self.path} can't be read at {target}: {error}") from error
        if len(content) < wanted:
            raise ArchiveError(
                f"{self.path} ends inside {target}: {len(content)} of {member.size} bytes. "
                "Remove it and run `snakemake` again to fetch it anew."
            )
        return content


class ZipArchive(Archive):
    """A zip. No more is unpacked than asked for, whatever a file claims or unpacks to."""

    kind = "a zip"
    damage = ZIP_ERRORS

    def _open_file(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.path)

    def _read_members(self) -> Iterator[tuple[str, zipfile.ZipInfo | None]]:
        for member in self._file.infolist():
            yield member.filename, None if member.is_dir() else member

    def read(self, name: str, at_most: int) -> bytes | None:
        """Read a file, one byte more than `at_most` when it has more; None when it is missing.

        Raises:
            ArchiveError: when the file is damaged, encrypted or packed in an unknown way.
        """
        member = self._members.get(self.find(name))
        if member is None:
            return None
        with self._open(member) as file:
            return file.read(at_most + 1)

    @contextmanager
    def stream(self, name: str, at_most: int) -> Iterator[IO[bytes]]:
        """Open a file to read it piece by piece, for what is too large to hold.

        Raises:
            ArchiveError: when there is no such file, it claims more bytes than `at_most` (zipfile
                gives no more than claimed), or it is damaged.
        """
        member = self._members.get(self.find(name))
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
            self._check_dictionary(member)
            with self._file.open(member) as file:
                yield file
        except ZIP_ERRORS as error:
            raise ArchiveError(
                f"{member.filename} in {self.path} can't be read: {error}. "
                "Remove the archive and run `snakemake` again to fetch it anew."
            ) from error

    def _check_dictionary(self, member: zipfile.ZipInfo) -> None:
        """Refuse to allocate what a member by LZMA claims: its dictionary, up to 4 GiB."""
        if member.compress_type != zipfile.ZIP_LZMA:
            return
        with open(self.path, "rb") as file:
            file.seek(member.header_offset)
            name, extra = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
            file.seek(name + extra, os.SEEK_CUR)
            size = int.from_bytes(file.read(9)[5:], "little")  # behind version, length and settings
        if size > MAX_DICTIONARY:
            raise ValueError(f"it needs {size} bytes to unpack; {MAX_DICTIONARY} at most")
