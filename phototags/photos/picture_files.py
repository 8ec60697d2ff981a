"""Find the pictures among files and folders by their content, and count what is not read."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from phototags.photos.file_kinds import PICTURES, SUFFIXES, UNREAD_SUFFIXES, has_preview, is_read
from phototags.photos.folders import list_files
from phototags.photos.inspection import find_kind

MAX_PIXELS = 30_000_000  # as in params.yaml of the default run
MAX_BYTES = 200_000_000  # a JPEG of 200 megapixels has a quarter of it


class PictureFiles(NamedTuple):
    """The pictures that were found.

    Args:
        photos: paths, as given or below a given folder.
        unread: files in folders of kinds that are not read, by kind (`HEIC`).
        passed_over: as in `FolderFiles`.
        empty: given folders without any file to read.
    """

    photos: list[str]
    unread: Counter[str]
    passed_over: Counter[str]
    empty: list[str]


def list_pictures(photos: Iterable[str]) -> PictureFiles:
    """List the paths given, each folder replaced by the pictures below it, sorted.

    A file's kind is its content's. What looks like no picture is listed only where its name
    says that it is one, so that a damaged picture gets its error.
    """
    found = PictureFiles([], Counter(), Counter(), [])
    for photo in photos:
        if not Path(photo).is_dir():
            found.photos.append(photo)
            continue
        inside = list_files(Path(photo))
        found.passed_over.update(inside.passed_over)
        before = len(found.photos)
        for path in inside.files:
            kind = find_unread(path)
            if kind:
                found.unread[kind] += 1
            elif kind is None:
                found.photos.append(str(path))
        if len(found.photos) == before:
            found.empty.append(photo)
    return found


def find_unread(path: Path) -> str | None:
    """The kind of a picture that is not read, "" for what is no picture, None for one to read."""
    try:
        with open(path, "rb") as file:
            kind = find_kind(file)
    except OSError:
        return None  # its error is the picture's
    if has_preview(kind):
        return None
    suffix = path.suffix.lower()
    if kind == "tif" and UNREAD_SUFFIXES.get(suffix) == "RAW":
        return "RAW"
    if is_read(kind) or kind is None and suffix in SUFFIXES:
        return None
    if kind in PICTURES:
        return kind
    return UNREAD_SUFFIXES.get(suffix, "") if kind is None else ""
