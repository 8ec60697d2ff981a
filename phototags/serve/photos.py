"""The photos of an index, as the service shows them: by ids, never by paths."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from phototags.library.photo_index import FoundPhoto as IndexedPhoto
from phototags.library.photo_index import PhotoIndex, SearchResult
from phototags.library.records import find_sha256
from phototags.library.scan import is_below
from phototags.library.store import name_errors, read_about
from phototags.serve.refusals import RefusalError
from phototags.serve.schemas import FoundPhoto, NearTag, SearchAnswer, Tag, TagCount
from phototags.serve.tag_statistics import TagStatistics

T = TypeVar("T")
BY_ID = (
    "SELECT path, keywords, title, taken, top FROM files JOIN contents ON contents.id = content "
    "WHERE sha256 = ? AND tagger IS NOT NULL ORDER BY path"
)


@dataclass(frozen=True)
class StoredPhoto:
    """A photo of the index and its files.

    Args:
        paths: at least one. folders: those that were indexed. tags: best first.
    """

    id: str
    paths: tuple[str, ...]
    folders: tuple[str, ...]
    keywords: tuple[str, ...]
    title: str
    taken: str
    tags: tuple[tuple[str, float], ...]

    def name_folder(self, path: str) -> str:
        """The folder of a file from the indexed folder on: what lies above is nobody's business."""
        inside = [folder for folder in self.folders if is_below(path, folder)]
        start = os.path.dirname(max(inside, key=len, default=os.path.dirname(path)))
        return escape_name(os.path.relpath(os.path.dirname(path), start))


class PhotoService:
    """Answers about an index, in one thread that holds it open; a new index is read by itself.

    Args:
        folder: of the index; None without one, and then nothing is found.
    """

    def __init__(self, folder: Path | None):
        self.folder = folder
        self._thread = ThreadPoolExecutor(1, "photo index")
        self._index: PhotoIndex | None = None
        self._statistics: TagStatistics | None = None

    def open(self) -> None:
        """Open the index, so that an error is told before the service begins.

        Raises:
            ModelError: as `PhotoIndex.open`.
        """
        if self.folder is not None:
            self._call(len)

    def close(self) -> None:
        """Close the index."""
        self._thread.submit(lambda: self._index and self._index.close()).result()
        self._thread.shutdown()

    def _call(self, ask: Callable[[PhotoIndex], T]) -> T:
        if self.folder is None:
            raise RefusalError(
                404, "no_index", "no folder is indexed: run `phototags index FOLDER`"
            )
        return self._thread.submit(lambda: ask(self._refresh())).result()

    def _refresh(self) -> PhotoIndex:
        """The index in the state that `phototags index` left it."""
        if self._index is not None:
            with name_errors(self.folder):
                generation = read_about(self._index.store).get("generation")
            if generation == self._index.about["generation"]:
                return self._index
            self._index.close()
            self._index = None
        self._index, self._statistics = PhotoIndex.open(self.folder), None
        return self._index

    def count(self) -> int:
        """The number of photos."""
        return self._call(len) if self.folder else 0

    def search(self, words: str, without: Sequence[str], above: float, top: int) -> SearchAnswer:
        """Find photos by words; those with a score of at least `above`."""

        def ask(index: PhotoIndex) -> SearchAnswer:
            found = index.search(words, without=without, top=top)
            return _write_answer(index, found, above)

        return self._call(ask)

    def find_similar(self, photo: str, top: int) -> list[FoundPhoto]:
        """Find the photos that look like one, the most alike first."""

        def ask(index: PhotoIndex) -> list[FoundPhoto]:
            path = _find(index, photo).paths[0]
            return _write_answer(index, index.search(like=path, top=top), 0).photos

        return self._call(ask)

    def find(self, photo: str) -> StoredPhoto:
        """A photo by its id.

        Raises:
            RefusalError: `unknown_photo`.
        """
        return self._call(lambda index: _find(index, photo))

    def is_tag(self, tag: str) -> bool:
        """Whether the tagger of the index knows a tag, in this spelling."""
        return tag in self._call(lambda index: index.tags)

    def list_tags(self, top: int) -> tuple[int, list[TagCount]]:
        """The number of photos, and the tags of most of them with a photo each."""

        def ask(index: PhotoIndex) -> tuple[int, list[TagCount]]:
            counts = self._count(index).list_commonest(top)
            ids = dict(index.store.execute("SELECT id, sha256 FROM contents"))
            photos = index.vectors.photos
            return len(index), [
                TagCount(tag=index.tags[tag], photos=count, cover=ids[int(photos[cover])].hex())
                for tag, count, cover in counts
                if int(photos[cover]) in ids
            ]

        return self._call(ask)

    def list_near(self, tag: str, top: int) -> list[NearTag]:
        """The tags that are probable for the same photos as a tag.

        Raises:
            RefusalError: `unknown_tag`.
        """

        def ask(index: PhotoIndex) -> list[NearTag]:
            number = index.names.find(tag)
            if number is None:
                raise RefusalError(404, "unknown_tag", f"{tag!r:.100} is no tag of this tagger")
            near = self._count(index).list_near(number, top)
            return [NearTag(tag=index.tags[one], cosine=cosine) for one, cosine in near]

        return self._call(ask)

    def _count(self, index: PhotoIndex) -> TagStatistics:
        self._statistics = self._statistics or TagStatistics(index.vectors.probabilities)
        return self._statistics


def _find(index: PhotoIndex, photo: str) -> StoredPhoto:
    with name_errors(index.folder):
        rows = index.store.execute(BY_ID, (bytes.fromhex(photo),)).fetchall()
        folders = index.store.execute("SELECT path FROM folders").fetchall()
    if not rows:
        raise RefusalError(404, "unknown_photo", "no photo of the index has this id")
    _, keywords, title, taken, top = rows[0]
    return StoredPhoto(
        photo,
        tuple(os.fsdecode(row[0]) for row in rows),
        tuple(os.fsdecode(row[0]) for row in folders),
        tuple(json.loads(keywords)),
        title,
        taken,
        tuple((tag, float(of)) for tag, of in json.loads(top or "[]")),
    )


def _write_answer(index: PhotoIndex, found: SearchResult, above: float) -> SearchAnswer:
    photos = [_write_photo(index, one) for one in found.photos if one.score >= above]
    return SearchAnswer(
        wanted=list(found.wanted),
        unwanted=list(found.unwanted),
        notes=list(found.notes),
        searched=found.searched,
        photos=[photo for photo in photos if photo],
    )


def _write_photo(index: PhotoIndex, photo: IndexedPhoto) -> FoundPhoto | None:
    """A found photo; None where it has left the index meanwhile."""
    sha256 = find_sha256(index.store, photo.path)
    if sha256 is None:
        return None
    return FoundPhoto(
        id=sha256,
        name=escape_name(os.path.basename(photo.path)),
        score=round(float(photo.score), 4),
        tags=write_tags(photo.tags),
    )


def write_tags(tags: Sequence[tuple[str, float]]) -> list[Tag]:
    """Tags as an answer has them."""
    return [Tag(tag=tag, probability=round(float(of), 4)) for tag, of in tags]


def escape_name(name: str) -> str:
    """A file's name as JSON can hold it; bytes that are no UTF-8 are escaped."""
    return os.fsencode(name).decode(errors="backslashreplace")
