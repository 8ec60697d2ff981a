"""MIRFLICKR-25000: Flickr photos with their users' tags *and* 24 + 14 concepts by experts.

Huiskes & Lew, The MIR Flickr Retrieval Evaluation, MIR 2008. So noisy training and clean testing
are possible on the same photos: `mirflickr25k` has the users' tags, `mirflickr25k-concepts` the
concepts, whose strict form (`clouds_r1`: clearly visible) is a concept of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phototags.corpora.reader import Reader, drop_photo
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.io.texts import decode_text
from phototags.photos.archives import ZipArchive
from phototags.photos.photo_table import Drop

PICTURE = re.compile(r"(?:(?P<top>.*)/)?im(?P<number>\d{1,9})\.jpg")
MAX_TEXT = 1_000_000  # bytes; a list of ids has at most 200,000
LABELS = {"licence": ("licen",), "author": ("owner", "author", "creator"), "title": ("title",)}
URLS = {
    "licence_url": re.compile(r"https?://(?:www\.)?creativecommons\.org/\S+"),
    "page_url": re.compile(r"https?://(?:www\.)?flickr\.com/photos/\S+"),
}


@dataclass(frozen=True)
class MirFlickr25k(Reader):
    """Read every picture of the archive, in the order of their numbers.

    Users' tags are the raw ones (`Golden Gate`) where the archive has them, else Flickr's
    (`goldengate`). Text that is no UTF-8 is read as Windows-1252. Licence, author, title and
    addresses are those of `meta/license`, null where the archive has none.

    Args:
        concepts: tags are the concepts instead.
    """

    archives = ("mirflickr25k.zip",)
    concepts: bool = False

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        annotations = source / "mirflickr25k_annotations_v080.zip"
        concepts = _read_concepts(annotations) if self.concepts else {}
        with ZipArchive(source / self.archives[0]) as archive:
            for number, file, top in show_progress(_number_pictures(archive), "reading tags"):
                photo_id = f"im{number}"
                if self.concepts:
                    tags = concepts.get(number, [])
                else:
                    tags = _read_tags(archive, top, number)
                if tags is None:
                    yield drop_photo(photo_id, "no_tags_file", "the archive lists no tags")
                    continue
                row = {"photo_id": photo_id, "tags": tags, "file": file}
                yield row | _read_credit(archive, top, number)


def _number_pictures(archive: ZipArchive) -> list[tuple[int, str, str]]:
    """The number, the name and the top folder of each picture, in the order of numbers."""
    found = [match for name in archive.list_names("", ".jpg") if (match := PICTURE.fullmatch(name))]
    if not found:
        raise CorpusError(f"expected pictures im1.jpg, im2.jpg ... in {archive.path}, found none")
    return sorted((int(match["number"]), match[0], match["top"] or "") for match in found)


def _read_tags(archive: ZipArchive, top: str, number: int) -> list[str] | None:
    for folder in ("tags_raw", "tags"):
        text = _read_text(archive, f"{top}/meta/{folder}/tags{number}.txt")
        if text is not None:
            return list(dict.fromkeys(tag for line in text.splitlines() if (tag := line.strip())))
    return None


def _read_credit(archive: ZipArchive, top: str, number: int) -> dict[str, str]:
    """Parse licence, author, title and addresses of a photo's licence file, those that it has.

    Its makers document the fields, not the labels, so labels are matched by a part of them
    (`License type: ...`, the value on the same line or the next) and addresses by their host.
    """
    text = _read_text(archive, f"{top}/meta/license/license{number}.txt") or ""
    lines, credit = text.splitlines(), {}
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        label, colon, value = line.partition(":")
        value = value.strip() or after.strip()
        for name, parts in LABELS.items():
            if colon and value and "://" not in value and any(map(label.lower().count, parts)):
                credit.setdefault(name, value)
    found = {name: pattern.search(text) for name, pattern in URLS.items()}
    return credit | {name: match[0] for name, match in found.items() if match}


def _read_text(archive: ZipArchive, name: str) -> str | None:
    content = archive.read(name.lstrip("/"), MAX_TEXT)
    return None if content is None else decode_text(content, str(archive.path))


def _read_concepts(path: Path) -> dict[int, list[str]]:
    """The concepts of each picture's number, in alphabetical order."""
    concepts: dict[int, list[str]] = {}
    with ZipArchive(path) as archive:
        lists = [name for name in archive.list_names("", ".txt") if "readme" not in name.lower()]
        for name in lists:
            for text in (archive.read(name, MAX_TEXT) or b"").decode("utf-8", "replace").split():
                if not text.isdecimal():
                    raise CorpusError(
                        f"{name} in {path} should list the numbers of pictures, found {text!r:.40}"
                    )
                concepts.setdefault(int(text), []).append(Path(name).stem)
    if not concepts:
        raise CorpusError(f"expected a list of ids for each concept in {path}, found none")
    return concepts
