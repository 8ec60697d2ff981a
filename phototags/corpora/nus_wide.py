"""NUS-WIDE: 269,648 Flickr photos with their users' tags and 81 concepts marked by students.

Chua et al., NUS-WIDE, CIVR 2009. `Imagelist.txt` orders everything: line n of each concept's
file is photo n. The pictures are on the web; most of the urls of 2009 still name them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from phototags.corpora.reader import Reader, drop_photo, read_file
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.io.texts import decode_text
from phototags.photos.archives import ZipArchive
from phototags.photos.photo_table import Drop

MAX_TEXT = 500_000_000  # bytes; the largest, All_Tags.txt, has 60 million
URLS = 4  # large, middle, small, original; `null` where there is none
PREFERRED = (1, 3, 0, 2)  # the middle one is large enough for every backbone


@dataclass(frozen=True)
class NusWide(Reader):
    """Read the photos that have an address, in the order of Imagelist.txt, with the official split.

    Args:
        concepts: tags are the concepts instead of the users' tags.
    """

    concepts: bool = False

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        names = _read_lines(source / "ImageList.zip", "Imagelist.txt")
        test = set(_read_lines(source / "ImageList.zip", "TestImagelist.txt"))
        tags = _read_concepts(source, len(names)) if self.concepts else _read_user_tags(source)
        urls, seen = dict(_read_urls(source / "NUS-WIDE-urls.txt")), set()
        for place, name in enumerate(show_progress(names, "reading photos")):
            photo_id = _parse_id(name)
            if photo_id in seen or photo_id not in urls:
                yield drop_photo(photo_id, "duplicate_id" if photo_id in seen else "no_url", name)
            else:
                yield {
                    "photo_id": photo_id,
                    "tags": tags.get(place if self.concepts else photo_id, []),
                    "photo_url": urls[photo_id],
                    "split": "test" if name in test else "train",
                }
            seen.add(photo_id)


def _parse_id(name: str) -> str:
    r"""The Flickr id in a file name.

    >>> _parse_id("actor\\0001_2124494179.jpg")
    '2124494179'
    """
    photo_id = name.replace("\\", "/").rpartition("/")[2].partition(".")[0].rpartition("_")[2]
    if not photo_id.isdecimal():
        raise CorpusError(
            f"expected a photo such as actor\\0001_2124494179.jpg, found {name!r:.80}"
        )
    return photo_id


def _read_lines(path: Path, file: str) -> list[str]:
    """The non-blank lines of a file in any folder of a zip."""
    with ZipArchive(path) as archive:
        lines = decode_text(read_file(archive, file, MAX_TEXT), str(archive.path)).splitlines()
    return [line.strip() for line in lines if line.strip()]


def _read_user_tags(source: Path) -> dict[str, list[str]]:
    """The tags of each photo: a line is the id, then the tags, blanks between."""
    lines = _read_lines(source / "NUS_WID_Tags.zip", "All_Tags.txt")
    return {words[0]: list(dict.fromkeys(words[1:])) for words in map(str.split, lines)}


def _read_concepts(source: Path, photos: int) -> dict[int, list[str]]:
    """The concepts of each photo by its place, in the order of Concepts81.txt."""
    concepts: dict[int, list[str]] = {}
    with ZipArchive(source / "Groundtruth.zip") as archive:
        for concept in _read_lines(source / "ConceptsList.zip", "Concepts81.txt"):
            marks = _read_marks(archive, f"AllLabels/Labels_{concept}.txt", photos)
            for place in np.flatnonzero(marks).tolist():
                concepts.setdefault(place, []).append(concept)
    return concepts


def _read_marks(archive: ZipArchive, file: str, photos: int) -> np.ndarray:
    """(photos,) bool, a line each."""
    lines = read_file(archive, file, MAX_TEXT).split()
    if len(lines) != photos or set(lines) - {b"0", b"1"}:
        raise CorpusError(
            f"expected {file} with {photos} lines of 0 or 1 in {archive.path}, found {len(lines)} "
            f"lines, among them {sorted(set(lines))[:4]}"
        )
    return np.array(lines) == b"1"


def _read_urls(path: Path) -> Iterator[tuple[str, str]]:
    """The id and the preferred address of each photo; other lines are skipped."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split()
                if len(words) < URLS + 2 or not words[-URLS - 1].isdecimal():
                    continue
                given = [words[-URLS + kind] for kind in PREFERRED]
                urls = [url for url in given if url.startswith(("http://", "https://"))]
                if urls:
                    yield words[-URLS - 1], urls[0]
    except OSError as error:
        raise CorpusError(f"expected NUS-WIDE's addresses in {path}: {error}") from error
