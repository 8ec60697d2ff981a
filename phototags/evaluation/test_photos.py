"""Which photos are judged, and that none of them was learned from."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from phototags.errors import CorpusError
from phototags.photos.photo_table import Drop
from phototags.users.user_table import UserTable

LEARNED = frozenset({"train", "validation"})
JUDGED = frozenset({"test"})

Files = tuple[Path | str, Path | str]
"""tags.parquet and split.parquet of a corpus."""


def photos_of(tags: Path | str, split: Path | str, parts: Collection[str]) -> pd.DataFrame:
    """The photos in these parts of a corpus: row, photo_id, user_id, tags, by row.

    Args:
        tags: tags.parquet. split: split.parquet.

    Raises:
        CorpusError: when the two files are not of the same photos.
    """
    tags, split = Path(tags), Path(split)
    photos, assigned = pd.read_parquet(tags), pd.read_parquet(split)
    if sorted(photos["row"]) != sorted(assigned["row"]):
        raise CorpusError(
            f"{tags} and {split} should list the same photos, but list {len(photos)} and "
            f"{len(assigned)}. Remove both and run `snakemake` again."
        )
    rows = assigned.loc[assigned["part"].isin(parts), "row"]
    chosen = photos[photos["row"].isin(rows)].sort_values("row", ignore_index=True)
    return chosen[["row", "photo_id", "user_id", "tags"]]


def refuse_overlap(train: str, test: str, learned: pd.DataFrame, judged: pd.DataFrame) -> None:
    """Scores on photos, or on people, that were learned from tell nothing.

    Ids of two corpora mean nothing to each other, so only a corpus and itself are compared.

    Args:
        train, test: names of the corpora.
        learned, judged: photos of `photos_of`; without users (null) only photos are held apart.

    Raises:
        CorpusError: with how many photos and users stand on both sides.
    """
    if train != test:
        return
    shared = {
        column: sorted(set(learned[column].dropna()) & set(judged[column].dropna()))
        for column in ("photo_id", "user_id")
    }
    if any(shared.values()):
        photos, users = shared["photo_id"], shared["user_id"]
        raise CorpusError(
            f"the {len(judged)} test photos of {test} should have no photo and no user in "
            f"common with its {len(learned)} photos that are learned from, but {len(photos)} "
            f"photos and {len(users)} users stand on both sides, such as {(photos + users)[0]!r}. "
            "Remove its split.parquet and run `snakemake` again."
        )


def judged_photos(
    train: str, learned: Files, test: str, tested: Files, users: UserTable | None = None
) -> tuple[pd.DataFrame, list[Drop]]:
    """The test photos that may be scored, as `photos_of`, and the drops of `without_history`.

    Args:
        train, test: names of the corpora. learned, tested: their files.

    Raises:
        CorpusError: when one of them, or its user, was learned from.
    """
    photos, drops = without_history(photos_of(*tested, JUDGED), users, train)
    refuse_overlap(train, test, photos_of(*learned, LEARNED), photos)
    return photos, drops


def without_history(
    photos: pd.DataFrame, users: UserTable | None, train: str
) -> tuple[pd.DataFrame, list[Drop]]:
    """The photos that are scored, and a drop for each that only describes its user.

    Args:
        users: None in a run that describes nobody: then every photo is scored.
        train: the training corpus, which the drops name.
    """
    if users is None:
        return photos, []
    scored = users.scored_mask(photos["row"])
    step = f"score_tagger {train}"
    drops = [Drop(step, photo, "history_of_user") for photo in photos.loc[~scored, "photo_id"]]
    return photos[scored], drops


def with_features(photos: pd.DataFrame, rows: Collection[int], corpus: str) -> pd.DataFrame:
    """The test photos that have features; why others have none is in the drops of embed_photos.

    Raises:
        CorpusError: when no photo is left to be judged.
    """
    kept = photos[photos["row"].isin(rows)].reset_index(drop=True)
    if kept.empty:
        raise CorpusError(
            f"{corpus} should have a test photo with features, but of its {len(photos)} test "
            "photos none has. Look at its split.parquet and at the drops of embed_photos."
        )
    return kept
