"""How visual a tag is: whether photos of different people that have it look alike.

Which tags a tagger can learn at all is asked by Boakye et al. (2016), who keep the visual ones.
`vacation` and `2014` are on photos that share nothing to be seen; `rose` is not.
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

from phototags.features.feature_cache import Features
from phototags.features.stored_features import StoredFeatures, stored_features

MOST, OTHERS = 100, 400  # photos of a tag that are compared, and photos beside them
AT_ONCE = 1000  # tags whose photos' features are in memory together
FEWEST = 10  # pairs of photos; fewer say nothing


def looks_in(paths: Iterable[Path | str]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """`visualness` by the features in the files of shards, which are read when it is asked.

    Torch has one thread from now on: several would add up in another order.
    """
    torch.set_num_threads(1)
    return partial(visualness, features=stored_features(paths))


def visualness(pairs: pl.DataFrame, features: Features | StoredFeatures) -> pl.DataFrame:
    """The chance that two photos of a tag look more alike than one of them and another photo.

    Always photos of different people: one's own photos look alike whatever their tags are. How
    much alike two photos look is the cosine of their features. It is the area under the ROC
    curve of telling the tag's pairs from the others; 0.5 is a tag that looks like anything.

    Args:
        pairs: row, user_id (nullable: then everybody took one photo), tag; each once. Rows
            without features are passed by.
        features: of which those of the photos compared are read, AT_ONCE tags at a time.

    Returns:
        tag, visualness in [0, 1] with three digits (null where fewer than FEWEST pairs can be
        compared); sorted by tag. Large tags and corpora are compared on photos spread evenly
        over them, so that no draw decides.
    """
    unknown = pl.format("photo {}", "row")
    seen = pl.Series(features.rows.numpy()).implode()
    known = pairs.filter(pl.col("row").is_in(seen)).sort("tag", "row")
    people = pl.coalesce("user_id", unknown).rank("dense").cast(pl.Int64)
    known = known.with_columns(person=people, owner=pl.col("tag").rle_id())
    photos = known.unique("row").sort("row")
    other = spread(len(photos), OTHERS)
    others = photos["row"].to_numpy()[other], photos["person"].to_numpy()[other]
    looks = normalize(features.of(others[0]))
    owns, found = known.partition_by("owner", maintain_order=True), []
    for start in range(0, len(owns), AT_ONCE):
        found += _chances(owns[start : start + AT_ONCE], others, looks, features)
    tags = known["tag"].unique(maintain_order=True)
    return pl.DataFrame({"tag": tags, "visualness": pl.Series(found, dtype=pl.Float64)})


def _chances(
    owns: list[pl.DataFrame],
    others: tuple[NDArray, NDArray],
    looks: Tensor,
    features: Features | StoredFeatures,
) -> list[float | None]:
    """Visualness of some tags, from the row and person of their photos; see `chance`."""
    own = [(one["row"].to_numpy(), one["person"].to_numpy()) for one in owns]
    compared = np.unique(np.concatenate([rows[spread(len(rows), MOST)] for rows, _ in own]))
    near = Features(torch.from_numpy(compared), features.of(compared))
    return [chance(rows, people, others, looks, near) for rows, people in own]


def chance(
    rows: NDArray,
    people: NDArray,
    others: tuple[NDArray, NDArray],
    looks: Tensor,
    features: Features,
) -> float | None:
    """Visualness of one tag.

    Args:
        rows, people: (n,) int64, its photos.
        others: (m,) rows and people of the photos beside them. looks: (m, D) their unit features.
    """
    chosen = spread(len(rows), MOST)
    own = normalize(features.of(rows[chosen]))
    differ = people[chosen][:, None] != people[chosen][None, :]
    apart = (people[chosen][:, None] != others[1][None, :]) & ~np.isin(others[0], rows)[None, :]
    near = (own @ own.T).numpy()[np.triu(differ, 1)]
    far = np.sort((own @ looks.T).numpy()[apart])
    if min(len(near), len(far)) < FEWEST:
        return None
    below, up_to = (np.searchsorted(far, near, side) for side in ("left", "right"))
    return round(float((below + up_to).mean() / (2 * len(far))), 3)


def spread(number: int, most: int) -> NDArray[np.int64]:
    """At most so many of `number` places, evenly spread over them.

    >>> spread(9, 3).tolist(), spread(2, 3).tolist()
    ([0, 4, 8], [0, 1])
    """
    return np.linspace(0, number - 1, min(number, most)).round().astype(np.int64)
