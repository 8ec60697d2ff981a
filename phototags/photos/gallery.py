"""Choose photos to show on pages, with their tags and thumbnails."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from phototags.errors import CorpusError
from phototags.photos.decoding import decode
from phototags.photos.hash_sampling import choose_by_hash

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

MAX_PIXELS, MAX_BYTES = 200_000_000, 500_000_000  # shards hold only what the run's caps let in


@dataclass(frozen=True)
class Guess:
    """One predicted tag, and whether a person wrote it too."""

    tag: str
    hit: bool


@dataclass(frozen=True)
class Card:
    """One photo with its written tags and the predictions of each tagger, best first."""

    photo_id: str
    file: str
    title: str
    author: str
    licence: str
    licence_url: str
    page_url: str
    tags: tuple[str, ...]
    guesses: Mapping[str, tuple[Guess, ...]]


def make_cards(
    photos: pd.DataFrame, tags: pd.DataFrame, predictions: Mapping[str, pd.DataFrame], count: int
) -> list[Card]:
    """Make the cards of test photos, chosen by the hash of their id among the predicted.

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
    _check_rows(rows, photos.index.intersection(written.index))
    ids = photos.loc[rows, "photo_id"].tolist()
    cards = []
    for row in (rows[place] for place in choose_by_hash(ids, count)):
        true = set(written[row])
        guesses = {
            system: tuple(Guess(tag, tag in true) for tag in of[row]) for system, of in own.items()
        }
        cards.append(make_card(photos.loc[row], written[row], guesses))
    return cards


def _check_rows(rows: Sequence[int], known: pd.Index) -> None:
    """Refuse predictions of another corpus than the tables'."""
    unknown = sorted(set(rows) - set(known))
    if unknown:
        raise CorpusError(
            f"{len(unknown)} predictions are about photos that the corpus does not have, such as "
            f"row {unknown[0]} of {len(known)}. Run `snakemake` again."
        )


def make_card(
    photo: Mapping,
    written: Sequence[str] | None = None,
    guesses: Mapping[str, tuple[Guess, ...]] | None = None,
) -> Card:
    """Make the card of a photo table's row; by default with its own tags and no guesses."""

    def text(column: str) -> str:
        value = photo[column]  # a search reads tables without pandas: None or NaN where missing
        return value if isinstance(value, str) else ""

    return Card(
        *(text(field.name) for field in fields(Card)[:-2]),
        tags=tuple(photo["tags"] if written is None else written),
        guesses=guesses or {},
    )


def make_thumbnail(content: bytes, side: int) -> Image:
    """Put an image on white, trim white margins and fit it into `side` pixels a side.

    Many drawings are a small thing on a large empty sheet: the tagger sees the sheet, a reader
    wants the thing. What is less than half as large as wanted is shown twice as large.
    """
    from PIL import Image, ImageOps

    pixels = decode(content, MAX_PIXELS, MAX_BYTES)  # (3, H, W) uint8
    image = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
    image = image.crop(ImageOps.invert(image).getbbox())  # no box: all white, left as it is
    if 2 * max(image.size) <= side:
        return image.resize((2 * image.width, 2 * image.height), Image.Resampling.LANCZOS)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def encode_jpeg(image: Image) -> bytes:
    """Encode as JPEG without metadata, colours at full resolution for drawings' sharp edges."""
    content = io.BytesIO()
    image.save(content, "JPEG", quality=84, subsampling=0, optimize=True)
    return content.getvalue()
