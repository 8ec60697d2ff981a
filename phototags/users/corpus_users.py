"""From the files of a corpus to what is known of its users."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from numpy.typing import NDArray

from phototags.errors import CorpusError
from phototags.features.feature_cache import Features
from phototags.params.users import Users
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.attributes import camera, looks, maker, place, time, words
from phototags.users.history import history
from phototags.users.reduction import Reduction
from phototags.users.user_table import UserTable, describe

SAID = ["row", "longitude", "latitude", "taken_at"]

log = logging.getLogger(__name__)


def joined(photos: Path | str, tags: Path | str, split: Path | str) -> pd.DataFrame:
    """row, photo_id, user_id, camera, tags, part and the columns SAID of each photo, by row.

    Raises:
        CorpusError: when the three files are not of the same photos.
    """
    tables = [pd.read_parquet(photos, columns=SAID), pd.read_parquet(tags)]
    tables.append(pd.read_parquet(split, columns=["row", "part"]))
    first, *others = [set(table["row"]) for table in tables]
    if any(first != rows for rows in others):
        raise CorpusError(
            f"{photos}, {tags} and {split} should list the same photos, but list "
            f"{', '.join(str(len(table)) for table in tables)}. Remove the last two and run "
            "`snakemake` again."
        )
    whole = tables[0].merge(tables[1], on="row").merge(tables[2], on="row")
    return whole.sort_values("row", ignore_index=True)


@dataclass(frozen=True, eq=False)
class Learned:
    """What training photos say of how to describe a user.

    Args:
        reduced: of their features. vocabulary: of their tags. vectors: (T, D) of its tags.
        makers: of their cameras.
    """

    reduced: Reduction
    vocabulary: TagVocabulary
    vectors: NDArray
    makers: Sequence[str]


def makers_of(tags: Path | str, split: Path | str, count: int) -> list[str]:
    """The makers of most training users' cameras, ties by name; at most `count`."""
    photos, parts = (
        pd.read_parquet(tags, columns=["row", "user_id", "camera"]),
        pd.read_parquet(split),
    )
    rows = parts.loc[parts["part"] == "train", "row"]
    owned = photos[photos["row"].isin(rows)].assign(maker=lambda of: maker(of["camera"]))
    people = owned.dropna(subset="maker").groupby("maker")["user_id"].nunique()
    return sorted(people[people > 0].index, key=lambda name: (-people[name], name))[:count]


def users_of(
    photos: pd.DataFrame, features: Features, learned: Learned, settings: Users
) -> UserTable:
    """The users of a corpus' photos, of which `joined` made a table."""
    drawn = history(photos, settings.history, settings.seed)
    season, year = time(photos["taken_at"])
    attributes = {
        "photos": looks(photos["row"].to_numpy(), features, learned.reduced),
        "tags": words(photos["tags"], learned.vocabulary, learned.vectors),
        "place": place(photos["longitude"], photos["latitude"]),
        "season": season,
        "year": year,
        "camera": camera(photos["camera"], learned.makers),
    }
    users = pd.factorize(photos["user_id"])[0]
    rows, parts = photos["row"].to_numpy(), photos["part"].to_numpy()
    table = describe(rows, users, parts, drawn.to_numpy(), attributes)
    known = {name: int(block[:, -1].sum()) for name, block in table.blocks.items()}
    log.info("%d of %d photos are history; users known: %s", drawn.sum(), len(photos), known)
    return table
