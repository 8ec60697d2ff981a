"""MIRFLICKR-25000: Flickr photos with their users' tags *and* 24 + 14 concepts by experts.

Huiskes & Lew, The MIR Flickr Retrieval Evaluation, MIR 2008. So noisy training and clean testing
are possible on the same photos: `mirflickr25k` has the users' tags, `mirflickr25k-concepts` the
concepts, whose strict form (`clouds_r1`: clearly visible) is a concept of its own.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.shards import Found, found_in
from phototags.photos.table import Drop, photo_table
from phototags.photos.zips import Zip

PICTURE = re.compile(r"(?:(?P<top>.*)/)?im(?P<number>\d{1,9})\.jpg")
MAX_TEXT = 1_000_000  # bytes; a list of ids has at most 200,000
STEP = "list_photos"
LABELS = {"licence": ("licen",), "author": ("owner", "author", "creator"), "title": ("title",)}
PLACES = {
    "licence_url": re.compile(r"https?://(?:www\.)?creativecommons\.org/\S+"),
    "page_url": re.compile(r"https?://(?:www\.)?flickr\.com/photos/\S+"),
}


def list_photos(
    source: Path, wordnet: Path | None = None, *, concepts: bool = False
) -> tuple[pd.DataFrame, list[Drop]]:
    """Every picture of the archive, in the order of their numbers.

    Users' tags are the raw ones (`Golden Gate`) where the archive has them, else Flickr's
    (`goldengate`). Text that is no UTF-8 has U+FFFD in its place. Licence, author, title and
    addresses are those of `meta/license`, null where the archive has none.

    Raises:
        ArchiveError: when an archive is damaged.
        CorpusError: when the archive holds no pictures, or a concept's list other things than ids.
    """
    marked = _concepts(source / "mirflickr25k_annotations_v080.zip") if concepts else {}
    rows, drops = [], []
    with _archive(source) as archive:
        for number, file, top in show_progress(_numbered(archive), "reading tags"):
            tags = marked.get(number, []) if concepts else _tags(archive, top, number)
            if tags is None:
                drops.append(Drop(STEP, f"im{number}", "no_tags_file", "the archive lists no tags"))
                continue
            row = {"photo_id": f"im{number}", "tags": tags, "file": file}
            rows.append(row | _credit(archive, top, number))
    return photo_table(rows), drops


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The pictures of the listed photos."""
    with _archive(source) as archive:
        yield from found_in(listing, max_bytes, archive)


def _archive(source: Path) -> Zip:
    return Zip(source / "mirflickr25k.zip")


def _numbered(archive: Zip) -> list[tuple[int, str, str]]:
    """The number, the name and the top folder of each picture."""
    found = [match for name in archive.names("", ".jpg") if (match := PICTURE.fullmatch(name))]
    if not found:
        raise CorpusError(f"expected pictures im1.jpg, im2.jpg ... in {archive.path}, found none")
    return sorted((int(match["number"]), match[0], match["top"] or "") for match in found)


def _tags(archive: Zip, top: str, number: int) -> list[str] | None:
    for folder in ("tags_raw", "tags"):
        text = _text(archive, f"{top}/meta/{folder}/tags{number}.txt")
        if text is not None:
            return list(dict.fromkeys(tag for line in text.splitlines() if (tag := line.strip())))
    return None


def _credit(archive: Zip, top: str, number: int) -> dict[str, str]:
    """What the photo's licence file says of licence, author, title, addresses, as far as it does.

    Its makers say that it holds these, not in which words, so labels are known by a part of them
    (`License type: ...`, the value on the same line or the next) and addresses by their host.
    """
    text = _text(archive, f"{top}/meta/license/license{number}.txt") or ""
    lines, said = text.splitlines(), {}
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        label, colon, value = line.partition(":")
        value = value.strip() or after.strip()
        for name, parts in LABELS.items():
            if colon and value and "://" not in value and any(map(label.lower().count, parts)):
                said.setdefault(name, value)
    found = {name: place.search(text) for name, place in PLACES.items()}
    return said | {name: match[0] for name, match in found.items() if match}


def _text(archive: Zip, name: str) -> str | None:
    content = archive.read(name.lstrip("/"), MAX_TEXT)
    return None if content is None else content.decode("utf-8", errors="replace")


def _concepts(path: Path) -> dict[int, list[str]]:
    """The concepts of each picture's number, in alphabetical order."""
    marked: dict[int, list[str]] = {}
    with Zip(path) as archive:
        lists = [name for name in archive.names("", ".txt") if "readme" not in name.lower()]
        for name in lists:
            concept = Path(name).stem
            for text in (archive.read(name, MAX_TEXT) or b"").decode("utf-8", "replace").split():
                if not text.isdecimal():
                    raise CorpusError(
                        f"{name} in {path} should list the numbers of pictures, found {text!r:.40}"
                    )
                marked.setdefault(int(text), []).append(concept)
    if not marked:
        raise CorpusError(f"expected a list of ids for each concept in {path}, found none")
    return marked
