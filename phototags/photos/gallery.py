"""Test photos beside the tags that people wrote and the tags that taggers gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import pandas as pd

from phototags.errors import CorpusError
from phototags.photos.shown import chosen


@dataclass(frozen=True)
class Guess:
    """One tag that a tagger gave, and whether a person wrote it too."""

    tag: str
    hit: bool


@dataclass(frozen=True)
class Card:
    """One photo, what people wrote about it and what each tagger said, best tag first."""

    photo_id: str
    file: str
    title: str
    author: str
    licence: str
    licence_url: str
    page_url: str
    tags: tuple[str, ...]
    guesses: Mapping[str, tuple[Guess, ...]]


def cards(
    photos: pd.DataFrame, tags: pd.DataFrame, predictions: Mapping[str, pd.DataFrame], count: int
) -> list[Card]:
    """The test photos to show, chosen by the hash of their id among those that were predicted.

    A hit is a tag of the tagger's own that is, letter for letter, one of the photo's cleaned
    tags: `dog` for a photo tagged `puppy` is none, however right.

    Args:
        photos: the photo table of the test corpus.
        tags: its cleaned tags.
        predictions: by system, the table of first tags; the bridge `own` is shown.
        count: photos at most.

    Raises:
        CorpusError: when a prediction is about a photo that the tables do not have.
    """
    own = {
        system: table[table["bridge"] == "own"].set_index("row")["tags"]
        for system, table in predictions.items()
    }
    rows = sorted(set.intersection(*(set(of.index) for of in own.values()))) if own else []
    photos, written = photos.set_index("row"), tags.set_index("row")["tags"]
    refuse_strangers(rows, photos.index.intersection(written.index))
    ids = photos.loc[rows, "photo_id"].tolist()
    return [
        card(photos.loc[rows[place]], written[rows[place]], rows[place], own)
        for place in chosen(ids, count)
    ]


def refuse_strangers(rows: Sequence[int], known: pd.Index) -> None:
    """Predictions and tables must be of the same corpus."""
    strangers = sorted(set(rows) - set(known))
    if strangers:
        raise CorpusError(
            f"{len(strangers)} predictions are about photos that the corpus does not have, such as "
            f"row {strangers[0]} of {len(known)}. Run `snakemake` again."
        )


def card(photo: pd.Series, written: Sequence[str], row: int, own: Mapping) -> Card:
    """The card of one photo with the guesses of each system of `own`."""
    true = set(written)
    guesses = {
        system: tuple(Guess(tag, tag in true) for tag in of[row]) for system, of in own.items()
    }
    return plain_card(photo, written, guesses)


def plain_card(
    photo: pd.Series,
    written: Sequence[str] | None = None,
    guesses: Mapping[str, tuple[Guess, ...]] | None = None,
) -> Card:
    """The card of a row of a photo table; by default with the row's own tags and no guesses."""

    def text(column: str) -> str:
        return "" if pd.isna(photo[column]) else str(photo[column])

    return Card(
        *(text(field.name) for field in fields(Card)[:-2]),
        tags=tuple(photo["tags"] if written is None else written),
        guesses=guesses or {},
    )
