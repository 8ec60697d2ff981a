"""The tags of indexed photos about which the tagger is least sure."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from phototags.library.own_search import lies_within
from phototags.library.photo_index import PhotoIndex
from phototags.library.store import name_errors

AT_ONCE = 5000
"""Pairs that are looked up for a start; four times as many each time that these are used up."""


class Doubt(NamedTuple):
    """A tag of a photo that may be right or wrong.

    Args:
        photo: sha256 of the photo. path: of its first file.
    """

    photo: str
    path: str
    tag: str
    probability: float


def list_unsure(
    index: PhotoIndex, within: str | None, judged: Mapping[str, Mapping[str, bool]]
) -> Iterator[Doubt]:
    """Tags of photos by how near their probability is to one half, the nearest first.

    Args:
        within: a folder; photos below it alone.
        judged: what was accepted or refused of each photo, which is not asked again.

    Raises:
        ModelError: when the index is damaged.
    """
    with name_errors(index.folder):
        rows = index.store.execute(
            "SELECT contents.id, sha256, path FROM contents JOIN files ON content = contents.id "
            "ORDER BY path DESC"
        ).fetchall()
    # The first path of several is written last.
    files = {number: (sha256.hex(), os.fsdecode(path)) for number, sha256, path in rows
             if lies_within(os.fsdecode(path), within)}  # fmt: skip
    numbers = index.vectors.photos.tolist()
    places = np.array([at for at, number in enumerate(numbers) if number in files], np.int64)
    doubts = np.stack([np.abs(row[places].astype(np.float32) - 0.5)
                       for row in index.vectors.probabilities])  # fmt: skip
    for tag, place in _iterate_smallest(doubts):
        photo, path = files[numbers[places[place]]]
        if index.tags[tag] not in judged.get(photo, {}):
            found = float(index.vectors.probabilities[tag, places[place]])
            yield Doubt(photo, path, index.tags[tag], round(found, 4))


def _iterate_smallest(doubts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Places in (T, n), the smallest first, equal ones by their place, without sorting all."""
    flat, done, size = doubts.ravel(), 0, AT_ONCE
    while done < len(flat):
        size = min(size, len(flat))
        most = np.partition(flat, size - 1)[size - 1] if size else 0
        found = np.flatnonzero(flat <= most)
        order = found[np.argsort(flat[found], kind="stable")]
        for one in order[done:].tolist():
            yield divmod(one, doubts.shape[1])
        done, size = len(order), 4 * size
