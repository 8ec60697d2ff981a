"""Select the test photos of a corpus and check that none of them was trained on."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from phototags.errors import CorpusError
from phototags.photos.photo_table import Drop
from phototags.users.user_table import UserTable

TRAINING_PARTS = frozenset({"train", "validation"})
TEST_PARTS = frozenset({"test"})

Files = tuple[Path | str, Path | str]
"""tags.parquet and split.parquet of a corpus."""


def photos_in_parts(tags: Path | str, split: Path | str, parts: Collection[str]) -> pd.DataFrame:
    """The photos in these parts of a corpus: row, photo_id, user_id, tags, sorted by row.

    Args:
        tags: tags.parquet. split: split.parquet.

    Raises:
        CorpusError: when the two files do not list the same photos.
    """
    photos, assigned = pd.read_parquet(tags), pd.read_parquet(split)
    if sorted(photos["row"]) != sorted(assigned["row"]):
        raise CorpusError(
            f"{tags} and {split} should list the same photos, but list {len(photos)} and "
            f"{len(assigned)}. Remove both and run `snakemake` again."
        )
    rows = assigned.loc[assigned["part"].isin(parts), "row"]
    chosen = photos[photos["row"].isin(rows)].sort_values("row", ignore_index=True)
    return chosen[["row", "photo_id", "user_id", "tags"]]


def select_test_photos(
    train: str,
    train_files: Files,
    test: str,
    test_files: Files,
    users: UserTable | None = None,
    *,
    same_photos: bool = False,
) -> tuple[pd.DataFrame, list[Drop]]:
    """The test photos to be scored, as `photos_in_parts`, and the drops of `exclude_history`.

    Args:
        train, test: names of the corpora.
        same_photos: whether they are views of the same photos, whose ids say so.

    Raises:
        CorpusError: when one of them, or its user, is in the training data.
    """
    photos, drops = exclude_history(photos_in_parts(*test_files, TEST_PARTS), users, train)
    if train == test or same_photos:  # else the ids of two corpora are unrelated
        refuse_overlap(test, photos_in_parts(*train_files, TRAINING_PARTS), photos)
    return photos, drops


def refuse_overlap(corpus: str, training: pd.DataFrame, test: pd.DataFrame) -> None:
    """Refuse test photos or users that are in the training data: their scores mean nothing.

    Args:
        training, test: of `photos_in_parts`; unknown users (null) are not compared.

    Raises:
        CorpusError: with the number of shared photos and users.
    """
    photos, users = (
        sorted(set(training[column].dropna()) & set(test[column].dropna()))
        for column in ("photo_id", "user_id")
    )
    if photos or users:
        raise CorpusError(
            f"the {len(test)} test photos of {corpus} should have no photo and no user in common "
            f"with its {len(training)} training and validation photos, but share {len(photos)} "
            f"photos and {len(users)} users, such as {(photos + users)[0]!r}. "
            "Remove its split.parquet and run `snakemake` again."
        )


def exclude_history(
    photos: pd.DataFrame, users: UserTable | None, train: str
) -> tuple[pd.DataFrame, list[Drop]]:
    """Leave out the photos that only describe their user, with a drop for each.

    Args:
        users: None in a run that describes no users: then every photo is scored.
        train: the training corpus, named in the drops.
    """
    if users is None:
        return photos, []
    scored = users.scored_mask(photos["row"])
    step = f"score_tagger {train}"
    drops = [Drop(step, photo, "history_of_user") for photo in photos.loc[~scored, "photo_id"]]
    return photos[scored], drops


def select_with_features(photos: pd.DataFrame, rows: Collection[int], corpus: str) -> pd.DataFrame:
    """Keep the photos that have features; the drops of embed_photos list the others.

    Raises:
        CorpusError: when no photo is left.
    """
    kept = photos[photos["row"].isin(rows)].reset_index(drop=True)
    if kept.empty:
        raise CorpusError(
            f"{corpus} should have a test photo with features, but of its {len(photos)} test "
            "photos none has. Look at its split.parquet and at the drops of embed_photos."
        )
    return kept
