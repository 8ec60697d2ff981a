"""Test photos that a tagger may have seen: near-duplicates among the photos it learned from.

A picture is uploaded twice, resized, saved again, and lands on both sides of a split. Perceptual
hashes find the candidates in a moment, for they are compared as whole numbers; features, which
know colours and what is to be seen, confirm them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from numpy.typing import NDArray

from phototags.features.feature_cache import read_features, read_hashes
from phototags.io.storage import atomic_write
from phototags.photos.photo_table import Drop

SPLIT = pa.schema([("row", pa.int64()), ("photo_id", pa.string()), ("part", pa.string())])
COLUMNS = ("train_row", "train_photo_id", "test_row", "test_photo_id", "distance", "similarity")
STEP, REASON, REMOVED = "find_duplicates", "near_duplicate", "removed"
BLOCK = 2_000_000  # pairs compared at once: 18 MB
CHECKED = 2_048  # pairs whose features are compared at once: 42 MB at 1,280 features


@dataclass(frozen=True, eq=False)
class Seen:
    """How n photos look.

    Args:
        rows: (n,) of the photo table.
        photo_ids: (n,) as the corpus names them.
        hashes: (n,) uint64, perceptual.
        features: (n, D) float32, of length one.
    """

    rows: NDArray[np.int64]
    photo_ids: NDArray
    hashes: NDArray[np.uint64]
    features: NDArray[np.float32]


def seen(split: Path | str, parts: Collection[str], features: Iterable[Path | str]) -> Seen:
    """The photos of some parts of a split that have features.

    Args:
        split: split.parquet. features: the feature files of its corpus.
    """
    files = list(features)
    found, hashes = read_features(files), read_hashes(files)
    photos = pd.read_parquet(split)
    photos = photos[photos["part"].isin(parts) & photos["row"].isin(found.rows.numpy())]
    rows = photos["row"].to_numpy()
    directions = torch.nn.functional.normalize(found.of(rows.tolist()), dim=1).numpy()
    places = np.searchsorted(found.rows.numpy(), rows)
    return Seen(rows, photos["photo_id"].to_numpy(), hashes[places].view(np.uint64), directions)


def find_duplicates(
    learned: Seen, judged: Seen, *, hash_distance: int, feature_similarity: float
) -> pd.DataFrame:
    """Every pair of a learned and a judged photo that show the same.

    Args:
        hash_distance: bits in which the hashes may differ.
        feature_similarity: cosine of the features, at least.

    Returns:
        COLUMNS, by train_row and test_row.
    """
    pairs = [
        (
            learned.rows[one],
            learned.photo_ids[one],
            judged.rows[other],
            judged.photo_ids[other],
            distance,
            round(float(similarity), 4),
        )
        for ones, others, distances in alike(learned.hashes, judged.hashes, hash_distance)
        for one, other, distance, similarity in zip(
            ones, others, distances, cosines(learned, ones, judged, others), strict=True
        )
        if similarity >= feature_similarity
    ]
    table = pd.DataFrame(pairs, columns=COLUMNS)
    return table.sort_values(["train_row", "test_row"], ignore_index=True)


def alike(
    learned: NDArray[np.uint64], judged: NDArray[np.uint64], distance: int
) -> Iterator[tuple[NDArray, NDArray, NDArray]]:
    """Pairs of places whose hashes differ in at most so many bits, and in how many they do.

    >>> hashes = np.array([0b0000, 0b1111], np.uint64)
    >>> [[part.tolist() for part in block] for block in alike(hashes, hashes[1:] - 8, 1)]
    [[[1], [0], [1]]]
    """
    step = max(1, BLOCK // max(1, len(judged)))
    for start in range(0, len(learned), step):
        bits = np.bitwise_count(learned[start : start + step, None] ^ judged[None, :])
        ones, others = np.nonzero(bits <= distance)
        for first in range(0, len(ones), CHECKED):
            some = slice(first, first + CHECKED)
            yield start + ones[some], others[some], bits[ones[some], others[some]]


def cosines(learned: Seen, ones: NDArray, judged: Seen, others: NDArray) -> NDArray[np.float32]:
    """(pairs,) how alike the features of these pairs are, 1 for equal ones."""
    return np.einsum("pd,pd->p", learned.features[ones], judged.features[others])


def write_duplicates(path: Path | str, duplicates: pd.DataFrame) -> None:
    """Write COLUMNS as a table between tabs."""
    with atomic_write(path) as part:
        duplicates.to_csv(part, sep="\t", index=False, lineterminator="\n")


def read_duplicates(path: Path | str) -> pd.DataFrame:
    """Read what `write_duplicates` wrote; ids are text."""
    texts = {"train_photo_id": str, "test_photo_id": str}
    return pd.read_csv(path, sep="\t", dtype=texts, keep_default_na=False)


def without_duplicates(
    split: pd.DataFrame, duplicates: Iterable[pd.DataFrame]
) -> tuple[pd.DataFrame, list[Drop]]:
    """The split in which near-duplicates of test photos have the part `removed`, and the drops.

    Args:
        split: row, photo_id, part of the training corpus.
        duplicates: of `find_duplicates`, one a test corpus.
    """
    gone = pd.concat(duplicates).drop_duplicates("train_row").sort_values("train_row")
    drops = [
        Drop(
            STEP,
            pair.train_photo_id,
            REASON,
            f"{pair.test_photo_id}: {pair.distance} bits, cosine {pair.similarity}",
        )
        for pair in gone.itertuples()
    ]
    part = split["part"].where(~split["row"].isin(gone["train_row"]), REMOVED)
    return split.assign(part=part), drops
