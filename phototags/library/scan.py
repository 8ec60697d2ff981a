"""Compare folders with an index: which photo files are new, changed, as they were, or gone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from phototags.photos.folders import list_files
from phototags.photos.picture_files import find_unread

SIDECAR = ".xmp"
UNREADABLE = "folders that cannot be read"


@dataclass
class Scan:
    """What folders hold, compared with an index.

    Args:
        stamps: of every photo file: sizes and times of last change, its own and its sidecars'.
        changed: photo files that the index does not know in this state, sorted.
        gone: indexed files below the folders that are there no more, sorted.
        kept: indexed files of folders in which something could not be read: not known to be gone.
        unread: files of kinds that are not read, by kind.
        passed_over: as in `FolderFiles`.
        empty: folders without any photo.
    """

    stamps: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)


def scan_folders(folders: Iterable[str], known: Mapping[str, str]) -> Scan:
    """Scan folders; a file whose size and times are those of the index is not opened.

    A folder without any photo, or with a folder that cannot be read, loses no indexed file: a
    drive may be absent.

    Args:
        folders: absolute paths.
        known: stamps of indexed files, by absolute path.
    """
    scan = Scan()
    for folder in folders:
        _scan_folder(folder, known, scan)
    scan.changed = sorted(path for path, of in scan.stamps.items() if known.get(path) != of)
    return scan


def _scan_folder(folder: str, known: Mapping[str, str], scan: Scan) -> None:
    listed = list_files(Path(folder))
    scan.passed_over.update(listed.passed_over)
    files = [str(path) for path in listed.files]
    sidecars = {path for path in files if path.lower().endswith(SIDECAR)}
    found = set()
    for path in files:
        if path in sidecars:
            continue
        stamp = make_stamp(path, sidecars)
        kind = None if known.get(path) == stamp else find_unread(Path(path))
        if kind:
            scan.unread[kind] += path not in scan.stamps
        elif kind is None:
            found.add(path)
            scan.stamps[path] = stamp
    if not found:
        scan.empty.append(folder)
    missing = sorted(path for path in known if is_below(path, folder) and path not in found)
    sure = found and UNREADABLE not in listed.passed_over
    (scan.gone if sure else scan.kept).extend(missing)


def make_stamp(path: str, sidecars: set[str]) -> str:
    """Sizes in bytes and times of last change in ns: of a file, then of its XMP sidecars."""
    stem = path.rpartition(".")[0]
    beside = [one + end for one in (path, stem) for end in (SIDECAR, SIDECAR.upper())]
    return ";".join(_stamp(one) for one in (path, *(one for one in beside if one in sidecars)))


def _stamp(path: str) -> str:
    try:
        status = os.stat(path)
    except OSError:
        return "gone"
    return f"{status.st_size} {status.st_mtime_ns}"


def is_below(path: str, folder: str) -> bool:
    """Whether a path is that of a folder, or of a file in it or below it.

    >>> is_below("/a/b/c.jpg", "/a/b"), is_below("/a/bc.jpg", "/a/b"), is_below("/a", "/")
    (True, False, True)
    """
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
