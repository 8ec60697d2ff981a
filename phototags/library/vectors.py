"""The numbers that a search reads, as memory-mapped .npy files; made from the store, which has all.

`vectors-N/` holds `photos.npy` (n,) int64, ids of contents, ascending; `probabilities.npy` (T, n)
float16, a row a tag, so that a word costs one row; `text_vectors.npy` (n, E) float32, of a tagger
with zero-shot words.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.library.store import read_about, set_about

PREFIX = "vectors-"
CHUNK = 2048  # photos read at once: 8 MB of 2,048 tags
TAGGED = "tagger = ? AND probabilities IS NOT NULL AND id IN (SELECT content FROM files)"


@dataclass(frozen=True, eq=False)
class PhotoVectors:
    """The vectors of n photos.

    Args:
        photos: (n,) int64, ids of contents, ascending.
        probabilities: (T, n) float16, mapped.
        text_vectors: (n, E) float32 of length one, mapped; None without zero-shot words.
    """

    photos: NDArray[np.int64]
    probabilities: NDArray[np.float16]
    text_vectors: NDArray[np.float32] | None


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
    shape = (tags, len(photos))
    probabilities = open_memmap(part / "probabilities.npy", "w+", np.float16, shape)
    text, at = None, 0
    query = f"SELECT probabilities, text_vector FROM contents WHERE {TAGGED} ORDER BY id"
    cursor = store.execute(query, (tagger,))
    while rows := cursor.fetchmany(CHUNK):
        end = at + len(rows)
        block = np.frombuffer(b"".join(row[0] for row in rows), np.float16)
        probabilities[:, at:end] = block.reshape(len(rows), tags).T
        if rows[0][1] is not None:
            block = np.frombuffer(b"".join(row[1] for row in rows), np.float16)
            block = block.reshape(len(rows), -1)
            if text is None:
                shape = (len(photos), block.shape[1])
                text = open_memmap(part / "text_vectors.npy", "w+", np.float32, shape)
            text[at:end] = block
        at = end
    for mapped in filter(lambda one: one is not None, (probabilities, text)):
        mapped.flush()
    shutil.rmtree(final, ignore_errors=True)
    os.replace(part, final)
    return final


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
        path = place / "text_vectors.npy"
        text = np.load(path, mmap_mode="r") if path.exists() else None
        expected = {"photos": (len(photos),), "probabilities": (tags, len(photos))}
        found = {"photos": photos.shape, "probabilities": probabilities.shape}
        kinds = [photos.dtype == np.int64, probabilities.dtype == np.float16]
        if text is not None:
            expected["text_vectors"] = (len(photos), text.shape[-1])
            found["text_vectors"] = text.shape
            kinds.append(text.dtype == np.float32)
        if expected != found or not all(kinds):
            raise ValueError(f"expected arrays of {expected}, found {found}")
    except (OSError, ValueError, TypeError, EOFError) as error:
        raise ModelError(
            f"{place} should hold the vectors of an index, but: {error}. Run `phototags index` "
            "again, which makes them from the store without looking at photos."
        ) from error
    return PhotoVectors(photos, probabilities, text)
