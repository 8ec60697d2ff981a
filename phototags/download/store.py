"""Keep the bytes of downloaded photos until their shard is packed, safe against kill -9."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from phototags.errors import PhototagsError

IN_MEMORY = 1 << 18  # a longer body waits on disk: memory stays bounded whatever servers send
PIECE = 1 << 20


def _disk_full(path: Path, error: OSError) -> PhototagsError:
    return PhototagsError(
        f"{path} should take the bytes of a photo, but: {error}. Make room and run again: "
        "what was answered is not asked again."
    )


class Store:
    """Append-only files in one folder; a photo is kept before its journal line is written.

    Bytes without a line (killed in between) are never looked at; a line without its bytes
    (power lost) is found by `contains`. A packed shard becomes a file of the store by a hard link,
    so that a rerun has the photos although no second copy is on the disk.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = self._unused_path("new")
        self.file: BinaryIO | None = None

    def _unused_path(self, kind: str) -> Path:
        taken = {int(path.stem) for path in self.folder.glob("*.*") if path.stem.isdigit()}
        return self.folder / f"{max(taken, default=0) + 1}.{kind}"

    def append(self, body: BinaryIO) -> tuple[str, int]:
        """Append a body; return the file's name and the offset in it.

        Raises:
            PhototagsError: when the disk does not take it.
        """
        try:
            self.file = self.file or open(self.path, "ab")  # noqa: SIM115
            offset = self.file.tell()
            body.seek(0)
            shutil.copyfileobj(body, self.file, PIECE)
            self.file.flush()
        except OSError as error:
            raise _disk_full(self.path, error) from error
        return self.path.name, offset

    def open_at(self, file: str, offset: int) -> BinaryIO:
        """Open a file of the store at a photo's first byte."""
        found = open(self.folder / file, "rb")  # noqa: SIM115
        found.seek(offset)
        return found

    def contains(self, file: str, offset: int, bytes: int, sha256: str) -> bool:
        """Whether the photo's bytes are there and have its hash."""
        try:
            with self.open_at(file, offset) as photo:
                digest = hashlib.sha256()
                while bytes and (piece := photo.read(min(bytes, PIECE))):
                    bytes -= len(piece)
                    digest.update(piece)
        except OSError:
            return False
        return bytes == 0 and digest.hexdigest() == sha256

    def link_shard(self, shard: Path) -> str:
        """Link a packed shard (or copy it) into the store; return its name there."""
        kept = self._unused_path("kept")
        try:
            os.link(shard, kept)
        except OSError:
            shutil.copyfile(shard, kept)
        return kept.name

    def remove_all_but(self, files: Iterable[str]) -> None:
        """Remove the store's other files, which no journal line names."""
        named = set(files)
        for path in self.folder.glob("[0-9]*.*"):
            if path.name not in named:
                path.unlink()

    def close(self) -> None:
        """Close the file; after a full disk it still holds bytes that no line names."""
        with contextlib.suppress(OSError):
            if self.file:
                self.file.close()


class Body:
    """The body of one response as it arrives: counted, hashed, in memory only while small."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.file = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=folder)  # noqa: SIM115
        self.bytes = 0
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        """Append bytes. Raises: PhototagsError when the disk does not take them."""
        self.bytes += len(piece)
        self._digest.update(piece)
        try:
            self.file.write(piece)
        except OSError as error:
            raise _disk_full(self.folder, error) from error

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def close(self) -> None:
        """Discard the bytes."""
        with contextlib.suppress(OSError):  # a full disk was reported when it was full
            self.file.close()
