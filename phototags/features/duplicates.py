"""Find near-duplicates of test photos among training photos, and remove them.

An image is uploaded twice, resized or saved again, and may be on both sides of a split. Perceptual
hashes find candidates fast (`hash_matching`); features, which represent colours and content,
confirm them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from numpy.typing import NDArray

from phototags.features.feature_cache import Features, StoredFeatures, open_features, read_hashes
from phototags.features.hash_matching import match_hashes
from phototags.io.storage import write_csv
from phototags.photos.photo_table import Drop

SPLIT = pa.schema([("row", pa.int64()), ("photo_id", pa.string()), ("part", pa.string())])
COLUMNS = ("train_row", "train_photo_id", "test_row", "test_photo_id", "distance", "similarity")
STEP, REASON, REMOVED = "find_duplicates", "near_duplicate", "removed"
LEARNED = ("train", "validation")
FEATURE_PAIRS = 2_048  # compared at once: 42 MB at 1,280 features


@dataclass(frozen=True, eq=False)
class Signatures:
    """Hashes and features of n photos.

    Args:
        rows: (n,) of the photo table.
        photo_ids: (n,) as the corpus names them.
        hashes: (n,) uint64, perceptual.
        features: of these rows, and maybe others.
    """

    rows: NDArray[np.int64]
    photo_ids: NDArray
    hashes: NDArray[np.uint64]
    features: Features | StoredFeatures

    def select_directions(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Select the (p, D) features of length one of the photos at these places."""
        features = self.features.select(self.rows[places].tolist())
        return torch.nn.functional.normalize(features, dim=1).numpy()


def read_signatures(
    split: Path | str, parts: Collection[str], features: Iterable[Path | str]
) -> Signatures:
    """Read the signatures of the photos of some parts of a split, where they have features.

    The features stay on disk.

    Args:
        split: split.parquet. features: the feature files of its corpus.
    """
    files = list(features)
    found, hashes = open_features(files), read_hashes(files)
    photos = pd.read_parquet(split)
    photos = photos[photos["part"].isin(parts) & photos["row"].isin(found.rows.numpy())]
    rows = photos["row"].to_numpy()
    places = np.searchsorted(found.rows.numpy(), rows)
    photo_ids = photos["photo_id"].to_numpy()
    return Signatures(rows, photo_ids, hashes[places].view(np.uint64), found)


def find_duplicates(
    train: Signatures, test: Signatures, *, max_hash_distance: int, min_cosine: float
) -> pd.DataFrame:
    """Find every pair of a training and a test photo that are near-duplicates.

    Args:
        max_hash_distance: bits in which the hashes may differ.
        min_cosine: cosine of the features, at least.

    Returns:
        COLUMNS, by train_row and test_row.
    """
    blocks = match_hashes(train.hashes, test.hashes, max_hash_distance)
    none = [np.zeros(0, np.int64)] * 3
    ones, others, distances = map(np.concatenate, zip(none, *blocks, strict=True))
    order = np.lexsort((test.rows[others], train.rows[ones]))  # neighbours are of one shard
    pairs = []
    for first in range(0, len(order), FEATURE_PAIRS):
        chunk = order[first : first + FEATURE_PAIRS]
        learned, tested = ones[chunk], others[chunk]
        similarity = np.einsum(
            "pd,pd->p", train.select_directions(learned), test.select_directions(tested)
        )
        columns = (
            train.rows[learned], train.photo_ids[learned], test.rows[tested],
            test.photo_ids[tested], distances[chunk], similarity,
        )  # fmt: skip
        pairs += [
            (*pair, round(float(cosine), 4))
            for *pair, cosine in zip(*columns, strict=True)
            if cosine >= min_cosine
        ]
    return pd.DataFrame(pairs, columns=COLUMNS)


def write_duplicates(path: Path | str, duplicates: pd.DataFrame) -> None:
    """Write COLUMNS as tab-separated values."""
    write_csv(path, duplicates, "\t")


def read_duplicates(path: Path | str) -> pd.DataFrame:
    """Read what `write_duplicates` wrote; ids are text."""
    texts = {"train_photo_id": str, "test_photo_id": str}
    return pd.read_csv(path, sep="\t", dtype=texts, keep_default_na=False)


def find_contaminated(duplicates: pd.DataFrame, split: pd.DataFrame) -> set[int]:
    """Find the test photos of which a near-duplicate was learned from.

    Args:
        duplicates: of `find_duplicates`.
        split: row and part of the training corpus, as the tagger was trained on: of photos that
            `remove_duplicates` took out nothing was learned.

    Returns:
        rows of test photos.

    >>> pairs = pd.DataFrame({"train_row": [1, 2], "test_row": [8, 9]})
    >>> find_contaminated(pairs, pd.DataFrame({"row": [1, 2], "part": [REMOVED, "train"]}))
    {9}
    """
    learned = split.loc[split["part"].isin(LEARNED), "row"]
    return set(duplicates.loc[duplicates["train_row"].isin(learned), "test_row"].tolist())


def remove_duplicates(
    split: pd.DataFrame, duplicates: Iterable[pd.DataFrame]
) -> tuple[pd.DataFrame, list[Drop]]:
    """Set the part of near-duplicates of test photos to `removed`; return the split and the drops.

    Args:
        split: row, photo_id, part of the training corpus.
        duplicates: of `find_duplicates`, one frame a test corpus.
    """
    removed = pd.concat(duplicates).drop_duplicates("train_row").sort_values("train_row")
    drops = [
        Drop(
            STEP,
            pair.train_photo_id,
            REASON,
            f"{pair.test_photo_id}: {pair.distance} bits, cosine {pair.similarity}",
        )
        for pair in removed.itertuples()
    ]
    part = split["part"].where(~split["row"].isin(removed["train_row"]), REMOVED)
    return split.assign(part=part), drops
