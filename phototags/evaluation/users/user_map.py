"""Two-dimensional map of users, from the user vectors of a tagger."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.tag_vectors.nearest_tags import project_tags
from phototags.users.user_table import UserTable

COLUMNS = ["user", "x", "y", "part", "photos", "tag", "year"]


def map_users(
    tagger: EmbeddingTagger,
    users: UserTable,
    photos: pd.DataFrame,
    descriptors: Sequence[str],
    seed: int,
) -> pd.DataFrame:
    """Map every known user by t-SNE of the mean user vector of the user's photos.

    Args:
        tagger: with a head that takes user descriptors. photos: row, user_id, part, tags (of the
            vocabulary) of the corpus. descriptors: that the tagger was trained with.

    Returns:
        COLUMNS, a row for each user, in the order of their first photos: the number of history
        and training photos, their most common tag (the first by spelling; empty without) and
        mean year (nan without).
    """
    table = users.blocks
    photos = photos.assign(
        known=(table["number"][:, -1] > 0).numpy(),
        history=users.history.numpy(),
        year=np.where(table["year"][:, -1] > 0, 2010 + 5 * table["year"][:, 0], np.nan),
    ).reset_index(drop=True)
    with torch.inference_mode():
        vectors = tagger.head.user(users.look_up(photos["row"], descriptors)).numpy()
    rows, means = [], []
    for number, (_, of) in enumerate(photos[photos["known"]].groupby("user_id", sort=False)):
        seen = of[of["history"] | (of["part"] == "train")]
        rows.append(
            {"user": number, "part": of["part"].iloc[0], "photos": len(seen)}
            | {"tag": most_common_tag(seen["tags"]), "year": of["year"].mean()}
        )
        means.append(vectors[of.index].mean(axis=0))
    places = project_tags(np.array(means), seed) if means else np.zeros((0, 2))
    frame = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in "xy"])
    return frame.assign(x=places[:, 0], y=places[:, 1])[COLUMNS]


def most_common_tag(tags: pd.Series) -> str:
    """The tag that most photos have; the first by spelling of several.

    >>> most_common_tag(pd.Series([["sea", "sky"], ["sky"]])), most_common_tag(pd.Series([[]]))
    ('sky', '')
    """
    counts = tags.explode().dropna().value_counts()
    return min(counts[counts == counts.max()].index, default="")
