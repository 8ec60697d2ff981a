"""Visualness of a tag: whether photos of different people that have it look alike.

Boakye et al. (2016) keep visual tags, for only these can be learned from images: photos of
`vacation` or `2014` share no content, photos of `rose` do.
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from phototags.features.feature_cache import Features, StoredFeatures, open_features

TAG_PHOTOS, OTHER_PHOTOS = 100, 400  # photos of a tag that are compared, and other photos
CHUNK_TAGS = 1000  # tags whose photos' features are in memory together
MIN_PAIRS = 10  # of photos; fewer give no estimate


def make_visualness_scorer(paths: Iterable[Path | str]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Make `compute_visualness` of the features in shards' files, which it reads when called.

    Sets torch to one thread: several would add up in another order.
    """
    torch.set_num_threads(1)
    return partial(compute_visualness, features=open_features(paths))


def compute_visualness(pairs: pl.DataFrame, features: Features | StoredFeatures) -> pl.DataFrame:
    """Compute the probability that two photos of a tag are more similar than one and another.

    Always photos of different people: one person's look alike whatever their tags. Similarity is
    the cosine of features. The probability is the area under the ROC curve of telling the tag's
    pairs from the others; 0.5 is a tag without visual content.

    Args:
        pairs: row, user_id (null: a user with one photo), tag; each once. Rows without features
            are skipped.
        features: of which those of the photos compared are read, CHUNK_TAGS tags at a time.

    Returns:
        tag, visualness in [0, 1] with three digits (null where fewer than MIN_PAIRS pairs can be
        compared); sorted by tag. Large tags and corpora are compared on evenly spaced photos,
        without chance.
    """
    unknown = pl.format("photo {}", "row")
    seen = pl.Series(features.rows.numpy()).implode()
    known = pairs.filter(pl.col("row").is_in(seen)).sort("tag", "row")
    people = pl.coalesce("user_id", unknown).rank("dense").cast(pl.Int64)
    known = known.with_columns(person=people, owner=pl.col("tag").rle_id())
    photos = known.unique("row").sort("row")
    other = evenly_spaced(len(photos), OTHER_PHOTOS)
    others = photos["row"].to_numpy()[other], photos["person"].to_numpy()[other]
    other_features = normalize(features.select(others[0]))
    owns, found = known.partition_by("owner", maintain_order=True), []
    for start in range(0, len(owns), CHUNK_TAGS):
        found += _score_tags(owns[start : start + CHUNK_TAGS], others, other_features, features)
    tags = known["tag"].unique(maintain_order=True)
    return pl.DataFrame({"tag": tags, "visualness": pl.Series(found, dtype=pl.Float64)})


def _score_tags(
    owns: list[pl.DataFrame],
    others: tuple[NDArray, NDArray],
    other_features: Tensor,
    features: Features | StoredFeatures,
) -> list[float | None]:
    """Compute the visualness of some tags, from the row and person of their photos."""
    own = [(one["row"].to_numpy(), one["person"].to_numpy()) for one in owns]
    compared = np.unique(
        np.concatenate([rows[evenly_spaced(len(rows), TAG_PHOTOS)] for rows, _ in own])
    )
    cached = Features(torch.from_numpy(compared), features.select(compared))
    return [_score_tag(rows, people, others, other_features, cached) for rows, people in own]


def _score_tag(
    rows: NDArray,
    people: NDArray,
    others: tuple[NDArray, NDArray],
    other_features: Tensor,
    features: Features,
) -> float | None:
    """Compute the visualness of one tag.

    Args:
        rows, people: (n,) int64, its photos.
        others: (m,) rows and people of the other photos. other_features: (m, D) unit.
    """
    chosen = evenly_spaced(len(rows), TAG_PHOTOS)
    own = normalize(features.select(rows[chosen]))
    differ = people[chosen][:, None] != people[chosen][None, :]
    apart = (people[chosen][:, None] != others[1][None, :]) & ~np.isin(others[0], rows)[None, :]
    near = (own @ own.T).numpy()[np.triu(differ, 1)]
    far = np.sort((own @ other_features.T).numpy()[apart])
    if min(len(near), len(far)) < MIN_PAIRS:
        return None
    below, up_to = (np.searchsorted(far, near, side) for side in ("left", "right"))
    return round(float((below + up_to).mean() / (2 * len(far))), 3)


def evenly_spaced(number: int, most: int) -> NDArray[np.int64]:
    """Return at most `most` of `number` indices, evenly spaced.

    >>> evenly_spaced(9, 3).tolist(), evenly_spaced(2, 3).tolist()
    ([0, 4, 8], [0, 1])
    """
    return np.linspace(0, number - 1, min(number, most)).round().astype(np.int64)
