"""The journal of what phototags changed in a folder of photos, so that it can be taken back.

`.phototags/keywords/journal.jsonl` in the folder gets a line before a file is replaced and one
after it. Files are replaced as a whole, so whatever was killed, each file is as before or as
after; which one, its hash says. A backup holds the bytes that the new file lacks.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from phototags.errors import PhotoError, PhototagsError
from phototags.keywords.journal_records import (
    Replacement,
    find_unchanged,
    hash_bytes,
    read_journal,
)
from phototags.keywords.replace_file import remove_parts, replace_file, sync_folder
from phototags.photos.folders import leads_outside

FOLDER = Path(".phototags", "keywords")
JOURNAL, BACKUPS = "journal.jsonl", "backups"


class Journal:
    """The journal of a folder, opened by one process at a time.

    Args:
        folder: of the photos; no file outside of it is written.
        replacements: those that happened and were not taken back, in their order.
    """

    def __init__(self, folder: Path, file: BinaryIO, replacements: list[Replacement], number: int):
        self.folder, self.replacements = folder, replacements
        self._file, self._number = file, number

    def replace(self, path: Path, content: bytes, mode: int | None = None) -> None:
        """Replace or make a file, so that it can be taken back.

        Args:
            path: in the folder. mode: permissions of a new file.

        Raises:
            PhotoError: `leads_outside`. PhototagsError: when the disk is full.
        """
        check_inside(path, self.folder)
        old = path.read_bytes() if path.exists() else None
        start, end = find_unchanged(old or b"", content)
        self._number += 1
        one = Replacement(
            self._number,
            os.path.relpath(path, self.folder),
            None if old is None else hash_bytes(old),
            hash_bytes(content),
            start,
            end,
            None if old is None else path.stat().st_mtime_ns,
        )
        if old is not None:
            backup = self._find_backup(one)
            backup.parent.mkdir(exist_ok=True)
            replace_file(backup, old[start : len(old) - end])
        self._write({"replace": asdict(one)})
        replace_file(path, content, mode)
        self._write({"done": one.number})
        self.replacements.append(one)

    def has(self, path: Path) -> bool:
        """Whether phototags wrote a file, and that was not taken back."""
        return os.path.relpath(path, self.folder) in {one.path for one in self.replacements}

    def restore(self, one: Replacement) -> bool:
        """Give a file the bytes and time that it had before; False if somebody changed it since.

        Raises:
            PhotoError: `damaged_backup`, `leads_outside`; the file is left as it is.
        """
        path = self.folder / one.path
        check_inside(path, self.folder)
        content = path.read_bytes() if path.is_file() else None
        found = None if content is None else hash_bytes(content)
        if found == one.after:
            if one.before is None:
                path.unlink()
                sync_folder(path.parent)
            else:
                replace_file(path, self._read_before(one, content), changed_ns=one.changed_ns)
        elif found != one.before:
            return False
        self.forget(one)
        return True

    def forget(self, one: Replacement) -> None:
        """Record that a replacement is taken back, or never can be."""
        self._write({"undone": one.number})
        self.replacements.remove(one)

    def _read_before(self, one: Replacement, content: bytes) -> bytes:
        backup = self._find_backup(one)
        middle = backup.read_bytes() if backup.is_file() else b""
        old = content[: one.start] + middle + content[len(content) - one.end :]
        if hash_bytes(old) != one.before:
            raise PhotoError(
                "damaged_backup",
                f"{backup} should hold what phototags changed in it, but is missing or damaged",
            )
        return old

    def _find_backup(self, one: Replacement) -> Path:
        return self.folder / FOLDER / BACKUPS / f"{one.number}"

    def _write(self, record: dict) -> None:
        self._file.write(json.dumps(record).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@contextlib.contextmanager
def open_journal(folder: Path) -> Iterator[Journal]:
    """Open the journal of a folder, make it if needed, and finish what a killed run began.

    A journal in which all is taken back is removed at the end.

    Raises:
        PhototagsError: when another process has it open, or it is damaged or leads elsewhere.
    """
    place = folder / FOLDER
    if leads_outside(place, folder) or place.is_symlink():
        raise PhototagsError(f"{place} should be a folder of phototags, but is a link.")
    place.mkdir(parents=True, exist_ok=True)
    with open(place / JOURNAL, "a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PhototagsError(
                f"another process writes keywords in {folder}: wait for its end."
            ) from error
        begun, replacements, number = read_journal(file, place / JOURNAL)
        journal = Journal(folder, file, replacements, number)
        for one in begun:
            _finish(journal, one)
        yield journal
        if not journal.replacements:
            shutil.rmtree(place)
            with contextlib.suppress(OSError):
                place.parent.rmdir()  # where nothing else of phototags is in it


def _finish(journal: Journal, one: Replacement) -> None:
    """Record whether a replacement that was begun happened; its file is whole in any case."""
    path = journal.folder / one.path
    check_inside(path, journal.folder)
    remove_parts(path)
    if path.is_file() and hash_bytes(path.read_bytes()) == one.after:
        journal.replacements.append(one)
        journal._write({"done": one.number})
    else:
        journal._write({"undone": one.number})


def check_inside(path: Path, folder: Path) -> None:
    """Raise a PhotoError, `leads_outside`, for a link or a file outside of a folder."""
    if path.is_symlink() or leads_outside(path, folder):
        raise PhotoError(
            "leads_outside", f"{path} is a link or leads out of {folder}: it is not written"
        )
