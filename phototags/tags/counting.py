"""How often a tag is written, and by how many people, of more photos than memory holds.

Who wrote what is sorted part by part on disk, then read back a range of tags at a time.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phototags.tags.encoded_photos import NumberedPhotos
from phototags.tags.encoding import TagSets
from phototags.tags.prefetch import ahead

USER = 2**32 - 1  # the lower half of a key; the upper half is the tag
Pairs = tuple[NDArray, NDArray, NDArray]


def counted_tags(photos: NumberedPhotos) -> pl.DataFrame:
    """Every tag with its counts.

    A raw count of people says nothing of who owns a tag: `stars` has three in Openclipart, one
    of whom drew 1,377 of 1,383. Spread counts people as if all wrote the tag equally often.

    Returns:
        number, tag, photos, users, entropy (bits, of the users over the tag's photos, null
        without users), spread (2 ** entropy; 1 is one owner); sorted by tag.
    """
    table = counted_numbers(photos)
    return table.insert_column(1, photos.words.gather(table["number"]).alias("tag")).sort("tag")


def counted_numbers(photos: NumberedPhotos) -> pl.DataFrame:
    """The same without the tag, sorted by number."""
    return pl.concat([counted((np.zeros(0, int),) * 3), *map(counted, pairs(photos))])


def pairs(photos: NumberedPhotos) -> Iterator[Pairs]:
    """Who wrote which tag on how many photos, all of a tag together, in the order of numbers.

    Yields:
        (n,) tags, ascending; users, -1 where unknown; photos. About as many at a time as the
        largest part has tags.
    """
    with TemporaryDirectory(dir=photos.folder) as folder:
        runs, written, most = [], np.zeros(len(photos.words), np.int64), 1
        for part in ahead(photos):
            sets = TagSets.from_series(part["tags"])
            users = np.repeat(part["user"].to_numpy().astype(np.int64), sets.sizes)
            runs.append(Path(folder) / f"{len(runs)}.npy")
            np.save(runs[-1], np.sort((sets.ids.astype(np.int64) << 32) + users + 1))
            written += sets.count(len(written))
            most = max(most, len(users))
        ends = np.cumsum(written)
        steps = np.arange(0, written.sum(), most)
        bounds = [*np.unique(np.searchsorted(ends, steps, "right")), len(written)]
        for low, high in pairwise(bounds):
            yield _merged(runs, low, high)


def people_of(photos: NumberedPhotos, numbers: pl.Series) -> pl.DataFrame:
    """tag, user_id (a number) of some tags, each pair once."""
    schema = {"number": pl.Int64, "user_id": pl.Int64}
    found = [
        pl.DataFrame({"number": tags, "user_id": users}, schema=schema).filter(
            pl.col("user_id") >= 0, pl.col("number").is_in(numbers.implode())
        )
        for tags, users, _ in pairs(photos)
    ]
    table = pl.concat([pl.DataFrame(schema=schema), *found])
    return table.select(photos.words.gather(table["number"]).alias("tag"), "user_id")


def counted(pairs: Pairs) -> pl.DataFrame:
    """The counts of some tags.

    Args:
        pairs: tags, users, photos as `pairs` gives them.

    Returns:
        number, photos, users, entropy, spread of each tag; see `counted_tags`.
    """
    tags, users, photos = pairs
    known, new = users >= 0, np.diff(tags, prepend=-1) > 0
    first = np.flatnonzero(new)
    number = tags[first]
    # fractions are added in an order that is the tag's own: people of as many photos at once;
    # whoever wrote a tag once adds nothing
    often = known & (photos > 1)
    place = np.cumsum(new)[often] - 1
    alike, people = np.unique(place << 32 | photos[often], return_counts=True)
    times = alike & USER
    bits = np.bincount(alike >> 32, people * (times * np.log2(times)), len(number))
    table = {
        "number": number,
        "photos": np.add.reduceat(photos, first),
        "users": np.add.reduceat(known, first, dtype=np.int64),
        "named": np.add.reduceat(photos * known, first),
        "bits": bits,
    }
    entropy = (pl.col("named").log(2) - pl.col("bits") / pl.col("named")).round(6) + 0.0
    return (
        pl.DataFrame(table)
        .with_columns(entropy=pl.when(pl.col("users") > 0).then(entropy))
        .with_columns(spread=(2 ** pl.col("entropy")).round(3))
        .drop("named", "bits")
    )


def _merged(runs: list[Path], low: int, high: int) -> Pairs:
    """The pairs of the tags from one number to below another, of all runs."""
    parts = []
    for run in runs:
        keys = np.load(run, mmap_mode="r")
        start, end = np.searchsorted(keys, [int(low) << 32, int(high) << 32])
        parts.append(np.array(keys[start:end]))
    keys = np.sort(np.concatenate(parts))
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    photos = np.diff(first, append=len(keys))
    return keys[first] >> 32, (keys[first] & USER) - 1, photos
