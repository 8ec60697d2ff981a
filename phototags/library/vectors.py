"""The numbers that a search reads, as memory-mapped .npy files; made from the store, which has all.

`vectors-N/` holds `photos.npy` (n,) int64, ids of contents, ascending; `probabilities.npy` (T, n)
float16, a row a tag, so that a word costs one row; `sums.npy` (T + 1,) uint32, the CRC of each of
these rows and of the ids, by which a search notices damage in what it reads; `features.npy` (n, F)
float16 of length one; `text_vectors.npy` (n, E) float32, of a tagger with zero-shot words.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.library.store import read_about, set_about
from phototags.tag_vectors.ridge import scale_to_unit

PREFIX = "vectors-"
CHUNK = 2048  # photos read at once: 8 MB of 2,048 tags, 8 MB of 2,048 features
TAGGED = "tagger = ? AND probabilities IS NOT NULL AND id IN (SELECT content FROM files)"


@dataclass(frozen=True, eq=False)
class PhotoVectors:
    """The vectors of n photos.

    Args:
        folder: where they lie.
        photos: (n,) int64, ids of contents, ascending.
        probabilities: (T, n) float16, mapped. sums: (T,) uint32, the CRC of each row.
        features: (n, F) float16 of length one, mapped.
        text_vectors: (n, E) float32 of length one, mapped; None without zero-shot words.
    """

    folder: Path
    photos: NDArray[np.int64]
    probabilities: NDArray[np.float16]
    sums: NDArray[np.uint32]
    features: NDArray[np.float16]
    text_vectors: NDArray[np.float32] | None

    def read_probabilities(self, tag: int) -> NDArray[np.float32]:
        """(n,) probabilities of a tag. Raises: ModelError where they are not as written."""
        row = np.ascontiguousarray(self.probabilities[tag])
        if zlib.crc32(row) != self.sums[tag]:
            raise _name_damage(self.folder, f"the probabilities of tag {tag} are not as written")
        return row.astype(np.float32)

    def find_places(self, contents: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places among the photos of those contents that are there."""
        if not len(self.photos):
            return np.zeros(0, np.int64)
        places = np.searchsorted(self.photos, contents).clip(max=len(self.photos) - 1)
        return places[self.photos[places] == contents]


def write_vectors(store: sqlite3.Connection, folder: Path, tagger: str, tags: int) -> Path:
    """Write the vectors of all photos that a tagger has tagged, under the store's revision.

    Returns:
        their folder, complete.
    """
    revision = int(read_about(store).get("revision", 0))
    rows = store.execute(f"SELECT id FROM contents WHERE {TAGGED} ORDER BY id", (tagger,))
    photos = np.array([row[0] for row in rows], np.int64)
    part, final = folder / f".{PREFIX}{os.getpid()}.part", folder / f"{PREFIX}{revision}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    np.save(part / "photos.npy", photos)
    _write_arrays(store, part, tagger, tags, photos)
    shutil.rmtree(final, ignore_errors=True)
    os.replace(part, final)
    return final


def _write_arrays(
    store: sqlite3.Connection, folder: Path, tagger: str, tags: int, photos: NDArray[np.int64]
) -> None:
    where = f"FROM contents WHERE {TAGGED}"
    sizes = "SELECT length(features) / 2, coalesce(length(text_vector), 0) / 2 "
    width, text_width = store.execute(f"{sizes} {where} LIMIT 1", (tagger,)).fetchone() or (0, 0)

    def make(name: str, kind: type, *shape: int) -> NDArray:
        return open_memmap(folder / f"{name}.npy", "w+", kind, shape)

    probabilities = make("probabilities", np.float16, tags, len(photos))
    features = make("features", np.float16, len(photos), width)
    text = make("text_vectors", np.float32, len(photos), text_width) if text_width else None
    query = f"SELECT probabilities, features, text_vector {where} ORDER BY id"
    cursor, at = store.execute(query, (tagger,)), 0
    while rows := cursor.fetchmany(CHUNK):
        place, columns = slice(at, at + len(rows)), list(zip(*rows, strict=True))
        probabilities[:, place] = _join(columns[0]).T
        features[place] = scale_to_unit(_join(columns[1]).astype(np.float32))
        if text is not None:
            text[place] = _join(columns[2])
        at = place.stop
    sums = [zlib.crc32(np.ascontiguousarray(row)) for row in probabilities]
    np.save(folder / "sums.npy", np.array([*sums, zlib.crc32(photos)], np.uint32))


def _join(blobs: Sequence[bytes]) -> NDArray[np.float16]:
    return np.frombuffer(b"".join(blobs), np.float16).reshape(len(blobs), -1)


def publish(store: sqlite3.Connection, folder: Path, written: Path, **about: str) -> None:
    """Make written vectors those that are searched, and remove the others."""
    store.execute("BEGIN IMMEDIATE")
    set_about(store, generation=written.name.removeprefix(PREFIX), **about)
    store.execute("COMMIT")
    for other in [*folder.glob(f"{PREFIX}*"), *folder.glob(f".{PREFIX}*.part")]:
        if other != written:
            shutil.rmtree(other, ignore_errors=True)


def read_vectors(folder: Path, generation: str, tags: int) -> PhotoVectors:
    """Map the vectors of an index.

    Raises:
        ModelError: when a file is missing, damaged, or does not fit the others.
    """
    place = folder / f"{PREFIX}{generation}"
    try:
        photos = np.load(place / "photos.npy")
        probabilities = np.load(place / "probabilities.npy", mmap_mode="r")
        features = np.load(place / "features.npy", mmap_mode="r")
        sums = np.load(place / "sums.npy")
        path = place / "text_vectors.npy"
        text = np.load(path, mmap_mode="r") if path.exists() else None
        expected = {"photos": (len(photos),), "probabilities": (tags, len(photos))}
        expected |= {"features": (len(photos), features.shape[-1]), "sums": (tags + 1,)}
        found = {"photos": photos.shape, "probabilities": probabilities.shape}
        found |= {"features": features.shape, "sums": sums.shape}
        kinds = [photos.dtype == np.int64, sums.dtype == np.uint32]
        kinds += [one.dtype == np.float16 for one in (probabilities, features)]
        if text is not None:
            expected["text_vectors"] = (len(photos), text.shape[-1])
            found["text_vectors"] = text.shape
            kinds.append(text.dtype == np.float32)
        if expected != found or not all(kinds):
            raise ValueError(f"expected arrays of {expected}, found {found}")
        if zlib.crc32(photos) != sums[-1]:
            raise ValueError("the ids are not as written")
    except Exception as error:  # a damaged header raises nearly anything, even of Python's grammar
        raise _name_damage(place, error) from error
    return PhotoVectors(place, photos, probabilities, sums[:-1], features, text)


def _name_damage(folder: Path, found: object) -> ModelError:
    return ModelError(
        f"{folder} should hold the vectors of an index, but: {found}. Remove it and run "
        "`phototags index` again, which makes them from the store without looking at photos."
    )
