"""List the files of a folder that are people's own, by one rule for all that read folders.

What network drives, cameras' programs and operating systems keep beside photos (thumbnails, bins,
other halves of files) is passed over and counted, whether it lies in a folder or in an archive.
"""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

SYSTEM_NAMES = frozenset(
    ["__macosx", "icon\r", "network trash folder", "temporary items"]  # macOS
    + ["$recycle.bin", "recycler", "system volume information", "thumbs.db", "desktop.ini"]
    + ["@eadir", "#recycle", "#snapshot", "@tmp", "@sharebin", "@synologydrive"]  # Synology
    + ["@recycle", "@recently-snapshot", "@transcode"]  # QNAP
    + ["lost+found", "syno_index_media_info", "synoindex_media_info"]
)
"""Names that systems give, folded; every name that begins with a dot is hidden, and so one too."""
SYSTEM_BEGINNINGS = ("synophoto_thumb", "synophoto_film", "synofile_thumb")


class FolderFiles(NamedTuple):
    """What a folder holds.

    Args:
        files: sorted by path.
        passed_over: names of system copies, and kinds of links that are not followed, with how
            many there are; a folder counts once.
        outside: files and folders that are links out of where they may lead.
    """

    files: list[Path]
    passed_over: Counter[str]
    outside: list[Path]


def is_system_name(name: str) -> bool:
    """Whether a file or folder of this name is a system's copy, or hidden.

    >>> [is_system_name(name) for name in ("@eaDir", "._IMG_1.jpg", "#Recycle", "#2023", "a.jpg")]
    [True, True, True, False, False]
    """
    folded = name.casefold()
    return (
        name.startswith(".")
        and name not in (".", "..")
        or folded in SYSTEM_NAMES
        or folded.startswith(SYSTEM_BEGINNINGS)
    )


def drop_system_paths(paths: Iterable[str]) -> tuple[list[str], Counter[str]]:
    """Split paths of an archive into people's own and, counted by name, those of systems."""
    own, passed = [], set()
    for path in paths:
        parts = path.split("/")
        system = next((at for at, part in enumerate(parts) if is_system_name(part)), None)
        if system is None:
            own.append(path)
        else:
            passed.add("/".join(parts[: system + 1]))
    return own, Counter(_group_name(path.rpartition("/")[2]) for path in passed)


def list_files(folder: Path, within: Path | None = None) -> FolderFiles:
    """List the files of a folder and below; links are followed, each folder is read once.

    A real folder comes before a link to it, so no circle of links is walked.

    Args:
        within: links that lead out of this folder are not followed; None follows all.
    """
    found = FolderFiles([], Counter(), [])
    folders, links, seen = [folder], [], set()
    while folders or links:
        current = folders.pop() if folders else links.pop(0)
        try:
            status = current.stat()
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError:
            found.passed_over["folders that cannot be read"] += 1
            continue
        if (status.st_dev, status.st_ino) in seen:
            found.passed_over["links to folders that are read anyway"] += 1
            continue
        seen.add((status.st_dev, status.st_ino))
        for entry in entries:
            _sort_in(entry, found, folders, links, within)
    return FolderFiles(sorted(found.files), +found.passed_over, sorted(found.outside))


def _sort_in(
    entry: os.DirEntry,
    found: FolderFiles,
    folders: list[Path],
    links: list[Path],
    within: Path | None,
) -> None:
    path = Path(entry.path)
    if is_system_name(entry.name):
        found.passed_over[_group_name(entry.name)] += 1
    elif not (path.is_dir() or path.is_file()):
        found.passed_over["links that lead nowhere"] += entry.is_symlink()
    elif entry.is_symlink() and within and leads_outside(path, within):
        found.outside.append(path)
    elif path.is_file():
        found.files.append(path)
    else:
        (links if entry.is_symlink() else folders).append(path)


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether a path leads out of a folder, by `..` or by a link."""
    return not path.resolve().is_relative_to(folder.resolve())


def describe_counts(counts: Counter[str]) -> str:
    """Put counts by name into words, the largest first.

    >>> describe_counts(Counter({"HEIC": 2, "RAW": 5}))
    'RAW 5, HEIC 2'
    """
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {number}" for name, number in ordered)


def _group_name(name: str) -> str:
    """The name under which a system's copy is counted: `._*` for all other halves of files."""
    if name.startswith("._"):
        return "._*"
    if name.casefold().startswith(SYSTEM_BEGINNINGS):
        return "SYNO*"
    return name
