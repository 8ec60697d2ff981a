"""ESP Game: words on which two strangers agreed while they looked at the same picture.

von Ahn & Dabbish, Labeling Images with a Computer Game, CHI 2004. `esp_game` has every agreed
word of each picture (`.desc`, one a line); `esp_game-268` the 20,770 pictures and 268 words of
TagProp (Guillaumin et al., ICCV 2009). Users are unknown.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.corpora.formats.hvecs import parts
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.archives import Archive
from phototags.photos.shards import Found, found_in
from phototags.photos.table import Drop, photo_table

FOLDERS = ("originals", "images")  # of two copies of the archive
MAX_TEXT = 100_000  # bytes; a picture has some ten words
STEP = "list_photos"


def list_photos(
    source: Path, wordnet: Path | None = None, *, words_268: bool = False
) -> tuple[pd.DataFrame, list[Drop]]:
    """The pictures that have words, in the order of their names (of TagProp's lists).

    Raises:
        ArchiveError: when an archive is damaged.
        CorpusError: when it is in another layout.
    """
    with Archive(source / "ESP-ImageSet.tar") as archive:
        files = _files(archive)
        if words_268:
            rows, drops = _listed(files, source / "espgame.20091111.tar")
        else:
            rows, drops = _described(files, archive)
    return photo_table(rows), drops


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The listed pictures."""
    with Archive(source / "ESP-ImageSet.tar") as archive:
        yield from found_in(listing, max_bytes, archive)


def _files(archive: Archive) -> dict[str, str]:
    """The place of each picture by its name without `.jpg`."""
    found = {
        Path(name).stem: name
        for name in archive.names("", ".jpg")
        if Path(name).parent.name in FOLDERS
    }
    if not found:
        raise CorpusError(
            f"expected pictures in a folder {' or '.join(FOLDERS)} of {archive.path}, found none"
        )
    return found


def _described(files: dict[str, str], archive: Archive) -> tuple[list[dict], list[Drop]]:
    """Every picture and the lines of its `.desc`, which is named `NAME.jpg.desc` or `NAME.desc`."""
    texts = {Path(name).stem.removesuffix(".jpg"): name for name in archive.names("", ".desc")}
    if not texts:
        raise CorpusError(f"expected .desc files of words in {archive.path}, found none")
    rows, drops = [], []
    for name in show_progress(sorted(files), "reading words"):
        if name not in texts:
            drops.append(Drop(STEP, name, "no_words", "the archive has no .desc of the picture"))
            continue
        content = (archive.read(texts[name], MAX_TEXT) or b"")[:MAX_TEXT]
        words = [word.strip() for word in content.decode("utf-8", errors="replace").splitlines()]
        tags = list(dict.fromkeys(filter(None, words)))
        rows.append({"photo_id": name, "tags": tags, "file": files[name]})
    return rows, drops


def _listed(files: dict[str, str], tar: Path) -> tuple[list[dict], list[Drop]]:
    """The pictures of TagProp's lists, which name them `97/15097`."""
    rows, drops = [], []
    for part, listed, words in parts(tar, "espgame"):
        name = listed.rpartition("/")[2]
        if name not in files:
            drops.append(Drop(STEP, name, "no_picture", f"{listed} of the {part} list"))
            continue
        rows.append({"photo_id": name, "tags": words, "split": part, "file": files[name]})
    return rows, drops
