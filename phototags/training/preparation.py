"""From the tables of a corpus to the photos that training sees."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from phototags.features.feature_cache import Features
from phototags.systems.parts.tagged_photos import TaggedPhotos, select_tagged
from phototags.tags.encoding import encode_tags
from phototags.users.user_table import UserTable, append_user_features


def part_of(
    part: str,
    tags: pd.DataFrame,
    split: pd.DataFrame,
    features: Features,
    vocabulary: Sequence[str],
    users: UserTable | None = None,
    descriptors: Sequence[str] = (),
) -> TaggedPhotos:
    """The photos of one part of the split that have features and a known tag.

    Args:
        part: `train` or `validation`; test photos must not be asked for here.
        tags: columns row, photo_id, tags. split: columns row, part.
        vocabulary: the T tags by number.
        users: photos that are their user's history are not taken; None where there is none.
        descriptors: what of the users stands behind the features.
    """
    if part == "test":
        raise ValueError("training never sees test photos")
    photos = tags.merge(split[["row", "part"]], on="row", validate="one_to_one")
    photos = photos[(photos["part"] == part) & photos["row"].isin(features.rows.numpy())]
    if users:
        photos = photos[users.scored_mask(photos["row"])]
    sets, rows = encode_tags(photos["tags"], vocabulary), photos["row"].tolist()
    inputs = append_user_features(features.select(rows), rows, users, descriptors)
    chosen = select_tagged(photos["photo_id"].tolist(), rows, inputs, sets)
    return replace(chosen, n_user_features=inputs.shape[1] - features.matrix.shape[1])
