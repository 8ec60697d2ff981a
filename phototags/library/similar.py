"""Near-duplicates among the photos of an index: equal files, and photos that were saved again."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phototags.library.photo_index import PhotoIndex
from phototags.library.store import name_errors

MAX_HASH_DISTANCE, MIN_COSINE = 8, 0.9
"""How near near-duplicates are: as params.yaml keeps training photos apart from test photos."""


@dataclass(frozen=True)
class DuplicateGroup:
    """Files that show the same photo.

    Args:
        paths: sorted. same_bytes: whether all files are equal.
        similarity: the lowest cosine of two of its linked photos; 1 for equal files.
    """

    paths: tuple[str, ...]
    same_bytes: bool
    similarity: float


def find_groups(index: PhotoIndex) -> list[DuplicateGroup]:
    """Find the groups of near-duplicates, by path.

    Perceptual hashes find candidates, the cosine of features confirms them; what is linked by
    pairs is one group.

    Raises:
        ModelError: when the index is damaged.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    with name_errors(index.folder):
        ones, others, cosines = find_pairs(index)
        files = read_files(index)
    n = len(index)
    links = coo_array((np.ones(len(ones), bool), (ones, others)), shape=(n, n))
    _, group_of = connected_components(links, directed=False)
    lowest = np.ones(group_of.max(initial=-1) + 1)
    np.minimum.at(lowest, group_of[ones], cosines)
    paths: dict[int, list[str]] = {}
    contents: dict[int, set[int]] = {}
    for place, of in files.items():
        paths.setdefault(group_of[place], []).extend(of)
        contents.setdefault(group_of[place], set()).add(place)
    groups = [
        DuplicateGroup(tuple(sorted(of)), len(contents[group]) == 1, round(float(lowest[group]), 4))
        for group, of in paths.items()
        if len(of) > 1
    ]
    return sorted(groups, key=lambda one: one.paths)


def read_files(index: PhotoIndex) -> dict[int, list[str]]:
    """Paths of the files of each photo, by its place among the vectors."""
    places = {number: place for place, number in enumerate(index.vectors.photos.tolist())}
    files: dict[int, list[str]] = {}
    for content, path in index.store.execute("SELECT content, path FROM files"):
        if content in places:
            files.setdefault(places[content], []).append(os.fsdecode(path))
    return files


def find_pairs(index: PhotoIndex) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray]:
    """Places of pairs of photos that are near-duplicates, each pair once, and their cosines."""
    from phototags.features.hash_matching import match_hashes

    rows = dict(index.store.execute("SELECT id, hash FROM contents WHERE features IS NOT NULL"))
    numbers = index.vectors.photos.tolist()
    hashes = np.array([rows.get(number, 0) for number in numbers], np.int64).view(np.uint64)
    pairs = [
        (one, other)
        for ones, others, _ in match_hashes(hashes, hashes, MAX_HASH_DISTANCE)
        for one, other in zip(ones.tolist(), others.tolist(), strict=True)
        if one < other and numbers[one] in rows and numbers[other] in rows
    ]
    features = index.vectors.features
    found = [
        (one, other, float(features[one].astype(np.float32) @ features[other].astype(np.float32)))
        for one, other in pairs
    ]
    found = [one for one in found if one[2] >= MIN_COSINE]
    ones, others, cosines = zip(*found, strict=True) if found else ((), (), ())
    return np.array(ones, np.int64), np.array(others, np.int64), np.array(cosines)
