"""Count the photos and users of each tag, in more photos than memory holds.

(Tag, user) pairs are sorted part by part on disk, then merged a range of tags at a time.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phototags.tags.encoded_photos import EncodedPhotos, prefetch
from phototags.tags.encoding import TagSets

USER = 2**32 - 1  # mask of the lower half of a key, the user; the upper half is the tag
TagUsers = tuple[NDArray, NDArray, NDArray]
"""(n,) tag ids, ascending; (n,) user ids, -1 where unknown; (n,) photos of that user with the tag.
All pairs of a tag are together."""


def count_tags(photos: EncodedPhotos) -> pl.DataFrame:
    """Count photos and users of every tag.

    The number of users does not tell who dominates a tag: `stars` has three in Openclipart, one
    of whom drew 1,377 of 1,383. The effective number of users, the exponential of the entropy,
    does.

    Returns:
        id, tag, photos, users, entropy (bits, of the tag's photos over users, null without
        users), effective_users (2 ** entropy; 1 is one user's tag); sorted by tag.
    """
    table = count_ids(photos)
    return table.insert_column(1, photos.tags.gather(table["id"]).alias("tag")).sort("tag")


def count_ids(photos: EncodedPhotos) -> pl.DataFrame:
    """Return `count_tags` without the column tag, sorted by id."""
    empty = (np.zeros(0, int),) * 3
    return pl.concat([count_users(empty), *map(count_users, iter_tag_users(photos))])


def iter_tag_users(photos: EncodedPhotos) -> Iterator[TagUsers]:
    """Yield who wrote which tag on how many photos, in the order of tag ids.

    One item has about as many pairs as the largest part has tags.
    """
    with TemporaryDirectory(dir=photos.folder) as folder:
        runs, totals, largest = [], np.zeros(len(photos.tags), np.int64), 1
        for part in prefetch(photos):
            sets = TagSets.from_series(part["tags"])
            users = np.repeat(part["user"].to_numpy().astype(np.int64), sets.sizes)
            runs.append(Path(folder) / f"{len(runs)}.npy")
            np.save(runs[-1], np.sort((sets.ids.astype(np.int64) << 32) + users + 1))
            totals += sets.count(len(totals))
            largest = max(largest, len(users))
        steps = np.arange(0, totals.sum(), largest)
        bounds = [*np.unique(np.searchsorted(np.cumsum(totals), steps, "right")), len(totals)]
        for low, high in pairwise(bounds):
            yield _merge_runs(runs, low, high)


def _merge_runs(runs: list[Path], low: int, high: int) -> TagUsers:
    """Return the pairs of the tag ids from `low` to below `high`, of all runs."""
    slices = []
    for run in runs:
        keys = np.load(run, mmap_mode="r")
        start, end = np.searchsorted(keys, [int(low) << 32, int(high) << 32])
        slices.append(np.array(keys[start:end]))
    keys = np.sort(np.concatenate(slices))
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first] >> 32, (keys[first] & USER) - 1, np.diff(first, append=len(keys))


def count_users(pairs: TagUsers) -> pl.DataFrame:
    """Return id, photos, users, entropy, effective_users of some tags; see `count_tags`."""
    tags, users, photos = pairs
    known, new = users >= 0, np.diff(tags, prepend=-1) > 0
    first = np.flatnonzero(new)
    # Users with equally many photos are added at once, so that the order of the sum, and its last
    # bits, depend on the tag alone. A user with one photo adds nothing.
    repeated = known & (photos > 1)
    place = np.cumsum(new)[repeated] - 1
    keys, equal = np.unique(place << 32 | photos[repeated], return_counts=True)
    times = keys & USER
    table = pl.DataFrame(
        {
            "id": tags[first],
            "photos": np.add.reduceat(photos, first),
            "users": np.add.reduceat(known, first, dtype=np.int64),
            "known": np.add.reduceat(photos * known, first),
            "bits": np.bincount(keys >> 32, equal * (times * np.log2(times)), len(first)),
        }
    )
    entropy = (pl.col("known").log(2) - pl.col("bits") / pl.col("known")).round(6) + 0.0
    table = table.with_columns(entropy=pl.when(pl.col("users") > 0).then(entropy))
    table = table.with_columns(effective_users=(2 ** pl.col("entropy")).round(3))
    return table.drop("known", "bits")
