"""Count the photos that each step dropped, from the photos listed to the photos used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TABLE_STEPS = ("list_photos", "pack_photos", "download_photos", "collect_photos", "view_photos")
"""Steps that make the photo table."""
STEPS = (*TABLE_STEPS, "embed_photos")
"""Steps after which a photo is used."""


@dataclass(frozen=True)
class DropCount:
    """One reason of one step; `left` photos remain after it, `share` is percent of the listed."""

    step: str
    reason: str
    photos: int
    left: int
    share: float


@dataclass(frozen=True)
class PhotoFlow:
    """One corpus from `listed` to `used` photos; they differ by the sum of `drops`.

    `later` is what training and evaluation left out (near-duplicates of test photos, photos without
    a scored word, words without photos); it is not subtracted.
    """

    corpus: str
    listed: int
    used: int
    share: float
    drops: tuple[DropCount, ...]
    later: tuple[DropCount, ...]


def trace_photos(drops: pd.DataFrame, table_sizes: Mapping[str, int]) -> list[PhotoFlow]:
    """One PhotoFlow for each corpus.

    Args:
        drops: drops.csv: corpus, step, reason, photos.
        table_sizes: rows of each corpus' photo table.
    """
    return [
        trace_corpus(name, drops[drops["corpus"] == name], rows)
        for name, rows in table_sizes.items()
    ]


def trace_corpus(corpus: str, drops: pd.DataFrame, table_size: int) -> PhotoFlow:
    """The flow of one corpus, its drops in the order of the steps."""
    early = drops[drops["step"].isin(STEPS)]
    early = early.sort_values("step", key=lambda steps: steps.map(STEPS.index), kind="stable")
    listed = table_size + int(early.loc[early["step"].isin(TABLE_STEPS), "photos"].sum())

    def share(photos: int) -> float:
        return round(100 * photos / max(listed, 1), 3)

    left, counts = listed, []
    for row in early.itertuples():
        left -= int(row.photos)
        counts.append(DropCount(row.step, row.reason, int(row.photos), left, share(row.photos)))
    later = tuple(
        DropCount(row.step, row.reason, int(row.photos), left, share(row.photos))
        for row in drops[~drops["step"].isin(STEPS)].itertuples()
    )
    return PhotoFlow(corpus, listed, left, share(left), tuple(counts), later)
