"""How much photos look like one photo: the cosine of their features."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError, PhotoError

if TYPE_CHECKING:
    from phototags.library.photo_index import PhotoIndex

CHUNK = 4096


def find_photo(index: PhotoIndex, path: str) -> NDArray[np.int64]:
    """Place of an indexed photo among the vectors, (1,); empty where it is none."""
    row = index.store.execute(
        "SELECT content FROM files WHERE path = ?", (os.fsencode(os.path.abspath(path)),)
    ).fetchone()
    return np.flatnonzero(index.vectors.photos == (row[0] if row and row[0] else -1))


def measure_likeness(index: PhotoIndex, path: str) -> NDArray[np.float32]:
    """(n,) cosines of all photos' features and those of a photo, 0 where negative.

    Raises:
        ModelError: when the photo is not indexed and cannot be read.
    """
    wanted = read_features(index, path)
    found = np.zeros(len(index), np.float32)
    for places, features in iterate_features(index):
        found[places] = features @ wanted
    return np.maximum(found, 0)


def read_features(index: PhotoIndex, path: str) -> NDArray[np.float32]:
    """(F,) features of length one, of an indexed photo or of any file that can be read."""
    place = find_photo(index, path)
    if len(place):
        query = "SELECT features FROM contents WHERE id = ?"
        row = index.store.execute(query, (int(index.vectors.photos[place[0]]),)).fetchone()
        features = np.frombuffer(row[0], np.float16).astype(np.float32)
    else:
        features = _embed(index, path)
    return features / max(float(np.linalg.norm(features)), 1e-12)


def iterate_features(index: PhotoIndex) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Places and (c, F) features of length one of all photos, in their order."""
    rows = index.store.execute("SELECT id, features FROM contents WHERE features IS NOT NULL")
    places = {number: place for place, number in enumerate(index.vectors.photos.tolist())}
    while block := rows.fetchmany(CHUNK):
        kept = [(places[number], features) for number, features in block if number in places]
        if kept:
            content = np.frombuffer(b"".join(one for _, one in kept), np.float16)
            features = content.reshape(len(kept), -1).astype(np.float32)
            features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
            yield np.array([place for place, _ in kept]), features


def _embed(index: PhotoIndex, path: str) -> NDArray[np.float32]:
    from phototags.library.looking import Looker
    from phototags.library.taggers import load_tagger
    from phototags.photos.removals import Removals

    model = Path(index.about["model"])
    looker = Looker(load_tagger(model).exported.backbone, frozenset(), Removals())
    look = looker.look([path])[0]
    if look.features is None:
        raise ModelError(
            f"{path} should be a photo to compare with, but: {look.reason}: {look.message}"
        ) from PhotoError(look.reason, look.message)
    return look.features.astype(np.float32)
