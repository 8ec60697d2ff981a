"""Are the scores of two runs the same, but for how processors round?

    python -m phototags.evaluation.metrics.compare OLD.csv NEW.csv --tolerance 0.01

ends with 0 when they are, with 1 and a list of what differs when they are not.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.all_metrics import perfect_score
from phototags.evaluation.metrics.summary import JOB, MEASURE, read_scores

TOLERANCE = 0.01
SHOWN = 20
METRIC = [*JOB, *MEASURE].index("metric")


def differences(old: pd.DataFrame, new: pd.DataFrame, tolerance: float) -> list[str]:
    """What separates two scores.csv, a line each; empty when nothing does.

    The rows (seeds and means alike) must be the same, photos and tags counted equally; value,
    low and high may differ by `tolerance` times the perfect score: 0.01 is one point of a
    hundred, and for N+ one word of a hundred.

    Raises:
        PhototagsError: when a frame has not the columns of a scores.csv, or a row twice.
    """
    old, new = _by_row(old, "the old scores"), _by_row(new, "the new scores")
    gone, added = old.index.difference(new.index), new.index.difference(old.index)
    lines = [f"only in the old scores: {_named(row)}" for row in gone]
    lines += [f"only in the new scores: {_named(row)}" for row in added]
    for row in old.index.intersection(new.index, sort=False):
        lines += _of_row(row, old.loc[row], new.loc[row], tolerance)
    return lines


def _by_row(scores: pd.DataFrame, where: str) -> pd.DataFrame:
    try:
        indexed = scores.set_index([*JOB, *MEASURE])[["value", "low", "high", "photos", "tags"]]
    except KeyError as error:
        raise PhototagsError(
            f"{where} should have the columns of a scores.csv, but: {error}. "
            "Give the scores.csv of two runs."
        ) from None
    if indexed.index.has_duplicates:
        twice = indexed.index[indexed.index.duplicated()][0]
        raise PhototagsError(f"{where} should have each row once, but have twice: {_named(twice)}")
    return indexed


def _of_row(row: tuple, old: pd.Series, new: pd.Series, tolerance: float) -> list[str]:
    allowed = tolerance * perfect_score(row[METRIC], old["tags"])
    lines = [
        f"{_named(row)}: {count} were {old[count]:.0f}, are {new[count]:.0f}"
        for count in ("photos", "tags")
        if old[count] != new[count]
    ]
    return lines + [
        f"{_named(row)}: {number} was {old[number]:.6f}, is {new[number]:.6f}, "
        f"{abs(new[number] - old[number]):.6f} apart, {allowed:.6f} allowed"
        for number in ("value", "low", "high")
        if not abs(new[number] - old[number]) <= allowed
    ]


def _named(row: tuple) -> str:
    train, test, system, seed, bridge, metric, k = row
    return f"{metric}@{k} of {system}, seed {seed}, {train} to {test}, bridge {bridge}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m phototags.evaluation.metrics.compare", description=__doc__
    )
    parser.add_argument("old", type=Path, help="scores.csv as committed")
    parser.add_argument("new", type=Path, help="scores.csv as made again")
    parser.add_argument(
        "--tolerance",
        type=float,
        default=TOLERANCE,
        help="share of the perfect score that a number may move (default %(default)s)",
    )
    given = parser.parse_args(arguments)
    try:
        old, new = read_scores(given.old), read_scores(given.new)
        lines = differences(old, new, given.tolerance)
    except (OSError, ValueError, PhototagsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for line in lines[:SHOWN]:
        print(line)
    if len(lines) > SHOWN:
        print(f"... and {len(lines) - SHOWN} more")
    verdict = f"{len(lines)} differences" if lines else f"the same {len(new)} rows"
    print(f"{given.old} and {given.new}: {verdict}, tolerance {given.tolerance}")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
