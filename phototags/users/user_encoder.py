"""Describe the users of a corpus, with encoders fitted on the training photos of another."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from numpy.typing import NDArray

from phototags.errors import CorpusError
from phototags.features.feature_cache import Features
from phototags.params.users import Users
from phototags.tags.encoding import encode_tags
from phototags.tags.split import hash_to_unit
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.attributes import (
    describe_camera,
    describe_date,
    describe_features,
    describe_location,
    describe_tags,
    parse_make,
)
from phototags.users.feature_pca import FeaturePca
from phototags.users.other_photos import describe_other_photos, select_unit_features
from phototags.users.user_table import UserTable, make_user_table

HELD_OUT = ("validation", "test")
COLUMNS = ["row", "longitude", "latitude", "taken_at"]
log = logging.getLogger(__name__)


def join_photo_tables(photos: Path | str, tags: Path | str, split: Path | str) -> pd.DataFrame:
    """Join row, photo_id, user_id, camera, tags, part and COLUMNS of each photo, by row.

    Raises:
        CorpusError: when the three files are not of the same photos.
    """
    tables = [pd.read_parquet(photos, columns=COLUMNS), pd.read_parquet(tags)]
    tables.append(pd.read_parquet(split, columns=["row", "part"]))
    first, *others = [set(table["row"]) for table in tables]
    if any(first != rows for rows in others):
        raise CorpusError(
            f"{photos}, {tags} and {split} should list the same photos, but list "
            f"{', '.join(str(len(table)) for table in tables)}. Remove the last two and run "
            "`snakemake` again."
        )
    joined = tables[0].merge(tables[1], on="row").merge(tables[2], on="row")
    return joined.sort_values("row", ignore_index=True)


def find_camera_makes(tags: Path | str, split: Path | str, count: int) -> list[str]:
    """The makes of most training users' cameras, at most `count`; ties by name."""
    photos = pd.read_parquet(tags, columns=["row", "user_id", "camera"])
    parts = pd.read_parquet(split)
    rows = parts.loc[parts["part"] == "train", "row"]
    owned = photos[photos["row"].isin(rows)].assign(make=lambda of: parse_make(of["camera"]))
    users = owned.dropna(subset="make").groupby("make")["user_id"].nunique()
    return sorted(users[users > 0].index, key=lambda name: (-users[name], name))[:count]


def select_history(photos: pd.DataFrame, fraction: float, seed: int) -> pd.Series:
    """Select the photos that are their user's history, by a hash of their ids.

    A tagger has never met a test user. What it may know of one are these photos, which no score
    counts. Rounded down, so a user's only photo is scored, as that of an unknown user.

    Args:
        photos: photo_id, user_id (nullable), part (`validation` and `test` have histories).
        fraction: in [0, 1), of the photos of each user.

    Returns:
        (N,) bool, on the index of photos.

    >>> names = [f"p{number}" for number in range(4)]
    >>> photos = pd.DataFrame({"photo_id": names, "user_id": list("aaab"), "part": "test"})
    >>> selected = select_history(photos, 0.5, seed=0)
    >>> int(selected[:3].sum()), bool(selected[3])
    (1, False)
    """
    held_out = photos[photos["part"].isin(HELD_OUT) & photos["user_id"].notna()]
    hashes = [hash_to_unit(seed, f"history/{photo}") for photo in held_out["photo_id"]]
    ordered = held_out.assign(hash=hashes).sort_values(["hash", "photo_id"])
    users = ordered.groupby(["part", "user_id"])["hash"]
    selected = users.cumcount() < (fraction * users.transform("size")).astype(int)
    return selected.reindex(photos.index, fill_value=False)


@dataclass(frozen=True, eq=False)
class UserEncoder:
    """Encode the users of a corpus, each by the user's other photos.

    Args:
        pca: of the training photos' features. vocabulary: of their tags. vectors: (T, D) of its
            tags. makes: of their cameras.
    """

    pca: FeaturePca
    vocabulary: TagVocabulary
    vectors: NDArray
    makes: Sequence[str]

    def encode(
        self,
        photos: pd.DataFrame,
        features: Features,
        settings: Users,
        wide: Sequence[str] = (),
    ) -> UserTable:
        """Describe the user of each photo of the table that `join_photo_tables` made.

        Args:
            wide: those of WIDE that are wanted.
        """
        history = select_history(photos, settings.history_fraction, settings.seed).to_numpy()
        rows, parts = photos["row"].to_numpy(), photos["part"].to_numpy()
        season, year = describe_date(photos["taken_at"])
        attributes = {
            "photos": describe_features(rows, features, self.pca),
            "tags": describe_tags(photos["tags"], self.vocabulary, self.vectors),
            "place": describe_location(photos["longitude"], photos["latitude"]),
            "season": season,
            "year": year,
            "camera": describe_camera(photos["camera"], self.makes),
        }
        users = pd.factorize(photos["user_id"])[0]
        table = make_user_table(rows, users, parts, history, attributes)
        table.blocks.update(
            describe_other_photos(
                wide,
                select_unit_features(rows, features),
                encode_tags(photos["tags"], self.vocabulary.tags),
                len(self.vocabulary),
                users,
                (parts == "train") | history,
                settings,
            )
        )
        known = {name: int(block[:, -1].sum()) for name, block in table.blocks.items()}
        log.info("%d of %d photos are history; users known: %s", history.sum(), len(photos), known)
        return table
