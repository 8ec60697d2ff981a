"""NUS-WIDE: 269,648 Flickr photos with their users' tags and 81 concepts marked by students.

Chua et al., NUS-WIDE, CIVR 2009. `Imagelist.txt` orders everything: line n of each concept's
file is photo n. The pictures are on the web; most of the urls of 2009 still name them.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.table import Drop, photo_table
from phototags.photos.zips import Zip

MAX_TEXT = 500_000_000  # bytes; the largest, All_Tags.txt, has 60 million
URLS = 4  # large, middle, small, original; `null` where there is none
PREFERRED = (1, 3, 0, 2)  # the middle one is as large as any backbone wants
STEP = "list_photos"


def list_photos(
    source: Path, wordnet: Path | None = None, *, concepts: bool = False
) -> tuple[pd.DataFrame, list[Drop]]:
    """The photos that have an address, in the order of Imagelist.txt, with the official split.

    Raises:
        ArchiveError: when an archive is damaged.
        CorpusError: when the files are in another layout or do not fit each other.
    """
    names = _lines(source / "ImageList.zip", "Imagelist.txt")
    tested = set(_lines(source / "ImageList.zip", "TestImagelist.txt"))
    tags = _concepts(source, len(names)) if concepts else _user_tags(source)
    urls = _urls(source / "NUS-WIDE-urls.txt")
    rows, drops, seen = [], [], set()
    for place, name in enumerate(show_progress(names, "reading photos")):
        photo_id = _photo(name)
        reason = "duplicate_id" if photo_id in seen else "" if photo_id in urls else "no_url"
        seen.add(photo_id)
        if reason:
            drops.append(Drop(STEP, photo_id, reason, name))
            continue
        rows.append(
            {
                "photo_id": photo_id,
                "tags": tags.get(place if concepts else photo_id, []),
                "photo_url": urls[photo_id],
                "split": "test" if name in tested else "train",
            }
        )
    return photo_table(rows), drops


def _photo(name: str) -> str:
    r"""The Flickr id in a file name.

    >>> _photo("actor\\0001_2124494179.jpg")
    '2124494179'
    """
    photo_id = name.replace("\\", "/").rpartition("/")[2].partition(".")[0].rpartition("_")[2]
    if not photo_id.isdecimal():
        raise CorpusError(
            f"expected a photo such as actor\\0001_2124494179.jpg, found {name!r:.80}"
        )
    return photo_id


def _lines(archive: Path, name: str) -> list[str]:
    """The filled lines of a file, wherever in the zip it lies."""
    with Zip(archive) as files:
        inside = [path for path in files.names("", ".txt") if path.rpartition("/")[2] == name]
        content = files.read(inside[0], MAX_TEXT) if inside else None
    if content is None or len(content) > MAX_TEXT:
        raise CorpusError(f"expected {name} with at most {MAX_TEXT} bytes in {archive}")
    return [
        line.strip() for line in content.decode("utf-8", "replace").splitlines() if line.strip()
    ]


def _user_tags(source: Path) -> dict[str, list[str]]:
    """The tags of each photo: a line is the id, then the tags, blanks between."""
    lines = _lines(source / "NUS_WID_Tags.zip", "All_Tags.txt")
    return {words[0]: list(dict.fromkeys(words[1:])) for words in map(str.split, lines)}


def _concepts(source: Path, photos: int) -> dict[int, list[str]]:
    """The concepts of each photo by its place, in the order of Concepts81.txt."""
    found: dict[int, list[str]] = {}
    with Zip(source / "Groundtruth.zip") as archive:
        for concept in _lines(source / "ConceptsList.zip", "Concepts81.txt"):
            marks = _marks(archive, f"AllLabels/Labels_{concept}.txt", photos)
            for place in np.flatnonzero(marks).tolist():
                found.setdefault(place, []).append(concept)
    return found


def _marks(archive: Zip, name: str, photos: int) -> np.ndarray:
    """(photos,) bool, a line each."""
    inside = [path for path in archive.names("", ".txt") if f"/{path}".endswith(f"/{name}")]
    lines = (archive.read(inside[0], MAX_TEXT) or b"").split() if inside else []
    if len(lines) != photos or set(lines) - {b"0", b"1"}:
        raise CorpusError(
            f"expected {name} with {photos} lines of 0 or 1 in {archive.path}, found {len(lines)} "
            f"lines, among them {sorted(set(lines))[:4]}"
        )
    return np.array(lines) == b"1"


def _urls(path: Path) -> dict[str, str]:
    """The address of each photo; lines that are none of a photo are passed over."""
    return dict(_addresses(path))


def _addresses(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split()
                if len(words) < URLS + 2 or not words[-URLS - 1].isdecimal():
                    continue
                given = [words[-URLS + kind] for kind in PREFERRED]
                found = [url for url in given if url.startswith(("http://", "https://"))]
                if found:
                    yield words[-URLS - 1], found[0]
    except OSError as error:
        raise CorpusError(f"expected NUS-WIDE's addresses in {path}: {error}") from error
