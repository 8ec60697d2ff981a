"""From the files of a corpus to what is known of its users."""

import logging
from pathlib import Path

import pandas as pd
from numpy.typing import NDArray

from phototags.errors import CorpusError
from phototags.features.cache import Features
from phototags.settings.users import Users
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.attributes import looks, place, time, words
from phototags.users.history import history
from phototags.users.reduction import Reduction
from phototags.users.table import UserTable, describe

SAID = ["row", "longitude", "latitude", "taken_at"]

log = logging.getLogger(__name__)


def joined(photos: Path | str, tags: Path | str, split: Path | str) -> pd.DataFrame:
    """row, photo_id, user_id, tags, part, longitude, latitude, taken_at of each photo, by row.

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


def users_of(
    photos: pd.DataFrame,
    features: Features,
    reduced: Reduction,
    learned: tuple[TagVocabulary, NDArray],
    settings: Users,
) -> UserTable:
    """The users of a corpus' photos.

    Args:
        photos: of `joined`. reduced: of the training corpus.
        learned: vocabulary of the training corpus, and the vectors of its tags.
    """
    drawn = history(photos, settings.history, settings.seed)
    season, year = time(photos["taken_at"])
    attributes = {
        "photos": looks(photos["row"].to_numpy(), features, reduced),
        "tags": words(photos["tags"], *learned),
        "place": place(photos["longitude"], photos["latitude"]),
        "season": season,
        "year": year,
    }
    users = pd.factorize(photos["user_id"])[0]
    rows, parts = photos["row"].to_numpy(), photos["part"].to_numpy()
    table = describe(rows, users, parts, drawn.to_numpy(), attributes)
    known = {name: int(block[:, -1].sum()) for name, block in table.blocks.items()}
    log.info("%d of %d photos are history; users known: %s", drawn.sum(), len(photos), known)
    return table
