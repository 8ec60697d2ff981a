"""Compare the scores.csv of two runs, up to rounding differences between processors."""

import pandas as pd

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.all_metrics import perfect_score
from phototags.evaluation.metrics.summary import JOB, MEASURE

METRIC = [*JOB, *MEASURE].index("metric")


def find_differences(old: pd.DataFrame, new: pd.DataFrame, tolerance: float) -> list[str]:
    """List the differences of two scores.csv, a line each; empty when there is none.

    The rows (seeds and means alike) and their counts of photos and tags must be equal; value,
    low and high may differ by `tolerance` times the perfect score: 0.01 is one point of a
    hundred, and for N+ one word of a hundred.

    Raises:
        PhototagsError: when a table lacks columns of a scores.csv, or has a row twice.
    """
    old, new = _index_rows(old, "the old scores"), _index_rows(new, "the new scores")
    removed, added = old.index.difference(new.index), new.index.difference(old.index)
    lines = [f"only in the old scores: {_describe(row)}" for row in removed]
    lines += [f"only in the new scores: {_describe(row)}" for row in added]
    for row in old.index.intersection(new.index, sort=False):
        lines += _row_differences(row, old.loc[row], new.loc[row], tolerance)
    return lines


def _index_rows(scores: pd.DataFrame, where: str) -> pd.DataFrame:
    try:
        indexed = scores.set_index([*JOB, *MEASURE])[["value", "low", "high", "photos", "tags"]]
    except KeyError as error:
        raise PhototagsError(
            f"{where} should have the columns of a scores.csv, but: {error}. "
            "Give the scores.csv of two runs."
        ) from None
    if indexed.index.has_duplicates:
        twice = indexed.index[indexed.index.duplicated()][0]
        raise PhototagsError(
            f"{where} should have each row once, but have twice: {_describe(twice)}"
        )
    return indexed


def _row_differences(row: tuple, old: pd.Series, new: pd.Series, tolerance: float) -> list[str]:
    allowed = tolerance * perfect_score(row[METRIC], old["tags"])
    lines = [
        f"{_describe(row)}: {count} were {old[count]:.0f}, are {new[count]:.0f}"
        for count in ("photos", "tags")
        if old[count] != new[count]
    ]
    return lines + [
        f"{_describe(row)}: {number} was {old[number]:.6f}, is {new[number]:.6f}, "
        f"{abs(new[number] - old[number]):.6f} apart, {allowed:.6f} allowed"
        for number in ("value", "low", "high")
        if not abs(new[number] - old[number]) <= allowed
    ]


def _describe(row: tuple) -> str:
    train, test, system, seed, bridge, metric, k = row
    return f"{metric}@{k} of {system}, seed {seed}, {train} to {test}, bridge {bridge}"
