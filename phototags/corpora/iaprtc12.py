"""IAPR TC-12: 20,000 travel photographs with a caption each, of which the nouns are the tags.

Grubinger, Clough, Müller & Deselaers, The IAPR TC-12 Benchmark, OntoImage 2006. `iaprtc12-291`
has the 19,627 photos and 291 nouns of TagProp (Guillaumin et al., ICCV 2009) instead.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.corpora.formats.hvecs import parts
from phototags.corpora.tuxpaint import nouns_of
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.archives import Archive
from phototags.photos.shards import Found, found_in
from phototags.photos.table import Drop, photo_table
from phototags.tags.wordnet import WordNet

CAPTIONS = "annotations_complete_eng"
FIELD = re.compile(r"<(TITLE|DESCRIPTION|LOCATION|DATE)>(.*?)</\1>", re.DOTALL)
MAX_TEXT = 1_000_000  # bytes; a caption has some five hundred
STEP = "list_photos"


def list_photos(
    source: Path, wordnet: Path | None = None, *, words_291: bool = False
) -> tuple[pd.DataFrame, list[Drop]]:
    """Every captioned photo in the order of their names (of TagProp's lists).

    Raises:
        ArchiveError: when an archive is damaged.
        CorpusError: when it is in another layout, or WordNet is missing.
    """
    if wordnet is None and not words_291:
        raise CorpusError("iaprtc12 needs WordNet to find the nouns of its captions; found none")
    with Archive(source / "iaprtc12.tar") as archive:
        captions = _files(archive, f"{CAPTIONS}/", ".eng")
        files = _files(archive, "images/", ".jpg")
        if words_291:
            listed = parts(source / "iaprtc12.20091111.tar", "iaprtc12")
        else:
            nouns = WordNet.read(wordnet)
            listed = ((None, photo_id, None) for photo_id in sorted(captions))
        rows, drops = [], []
        for part, photo_id, words in show_progress(listed, "reading captions"):
            said = _fields(archive, captions.get(photo_id))
            if photo_id not in files:
                drops.append(Drop(STEP, photo_id, "no_picture", "captioned, but not in images/"))
            elif not said and words is None:
                drops.append(Drop(STEP, photo_id, "no_caption", "neither title nor description"))
            else:
                tags = nouns_of(said.get("DESCRIPTION", ""), nouns) if words is None else words
                rows.append(_row(photo_id, said, tags, part, files[photo_id]))
    return photo_table(rows), drops


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The listed photos."""
    with Archive(source / "iaprtc12.tar") as archive:
        yield from found_in(listing, max_bytes, archive)


def _files(archive: Archive, folder: str, suffix: str) -> dict[str, str]:
    """The place of each file by `NN/NNNN`, under whatever top folder."""
    found = {
        name.rpartition(folder)[2].removesuffix(suffix): name
        for name in archive.names("", suffix)
        if folder in f"/{name}"
    }
    if not found:
        raise CorpusError(f"expected {folder}NN/NNNN{suffix} in {archive.path}, found none")
    return found


def _fields(archive: Archive, name: str | None) -> dict[str, str]:
    """The filled fields of a caption, which looks like XML but need not be any, in latin-1."""
    content = archive.read(name, MAX_TEXT) if name else None
    if content is None:
        return {}
    found = FIELD.findall(content[:MAX_TEXT].decode("latin-1"))
    return {key: text for key, raw in found if (text := " ".join(html.unescape(raw).split()))}


def _row(photo_id: str, said: dict[str, str], tags: list[str], part: str | None, file: str) -> dict:
    return {
        "photo_id": photo_id,
        "tags": tags,
        "title": said.get("TITLE"),
        "description": said.get("DESCRIPTION"),
        "taken_at": said.get("DATE"),
        "split": part,
        "file": file,
    }
