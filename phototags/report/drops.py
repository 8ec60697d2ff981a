"""What was lost on the way from the photos listed to the photos used."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

# Steps that make the photo table.
BEFORE = ("list_photos", "pack_photos", "download_photos", "collect_photos")
STEPS = (*BEFORE, "embed_photos")  # after them a photo is used


@dataclass(frozen=True)
class Loss:
    """One reason of one step; `left` photos remain after it, `share` is percent of the listed."""

    step: str
    reason: str
    photos: int
    left: int
    share: float


@dataclass(frozen=True)
class Way:
    """The way of one corpus from `listed` to `used` photos; they differ by the sum of losses.

    `later` is what training and judging left out, near-duplicates of test photos, photos without
    a word of the test or words without photos: it takes nothing from the corpus.
    """

    corpus: str
    listed: int
    used: int
    share: float
    losses: tuple[Loss, ...]
    later: tuple[Loss, ...]


def ways(drops: pd.DataFrame, tabled: Mapping[str, int]) -> list[Way]:
    """One way for each corpus, losses in the order in which they happened.

    Args:
        drops: drops.csv: corpus, step, reason, photos.
        tabled: rows of each corpus' photo table.
    """
    return [way(name, drops[drops["corpus"] == name], count) for name, count in tabled.items()]


def way(corpus: str, drops: pd.DataFrame, tabled: int) -> Way:
    """The way of one corpus."""
    lost = drops[drops["step"].isin(STEPS)]
    lost = lost.sort_values("step", key=lambda steps: steps.map(STEPS.index), kind="stable")
    listed = tabled + int(lost.loc[lost["step"].isin(BEFORE), "photos"].sum())
    left, losses = listed, []
    for row in lost.itertuples():
        left -= int(row.photos)
        losses.append(loss(row, left, listed))
    later = [loss(row, left, listed) for row in drops[~drops["step"].isin(STEPS)].itertuples()]
    share = round(100 * left / max(listed, 1), 3)
    return Way(corpus, listed, left, share, tuple(losses), tuple(later))


def loss(row, left: int, listed: int) -> Loss:
    """One line of the table."""
    share = round(100 * row.photos / max(listed, 1), 3)
    return Loss(row.step, row.reason, int(row.photos), left, share)
