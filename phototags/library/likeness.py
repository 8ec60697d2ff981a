"""How much photos look like one photo: the cosine of their features."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError, PhotoError
from phototags.tag_vectors.ridge import scale_to_unit

if TYPE_CHECKING:
    from phototags.library.photo_index import PhotoIndex

CHUNK = 256  # photos whose features are compared at once: 2 MB of 2,048, which caches hold


def find_photo(index: PhotoIndex, path: str) -> NDArray[np.int64]:
    """Place of an indexed photo among the vectors, (1,); empty where it is none."""
    row = index.store.execute(
        "SELECT content FROM files WHERE path = ?", (os.fsencode(os.path.abspath(path)),)
    ).fetchone()
    return index.vectors.find_places(np.array([row[0] if row and row[0] else -1]))


def measure_likeness(
    index: PhotoIndex, path: str, places: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Cosines of some photos' features and those of a photo, 0 where negative.

    Args:
        places: (m,) of the photos to compare among the vectors.

    Returns:
        (m,) in [0, 1].

    Raises:
        ModelError: when the photo is not indexed and cannot be read.
    """
    wanted, found = read_features(index, path), np.empty(len(places), np.float32)
    for at in range(0, len(places), CHUNK):
        features = index.vectors.features[places[at : at + CHUNK]].astype(np.float32)
        found[at : at + CHUNK] = features @ wanted
    return found.clip(0, 1)


def read_features(index: PhotoIndex, path: str) -> NDArray[np.float32]:
    """(F,) features of length one, of an indexed photo or of any file that can be read."""
    place = find_photo(index, path)
    if len(place):
        return index.vectors.features[place[0]].astype(np.float32)
    return scale_to_unit(_embed(index, path)[None])[0]


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
