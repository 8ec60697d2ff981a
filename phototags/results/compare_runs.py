"""Compare a run's committed csv files with those of a new run of it, up to rounding.

    python -m phototags.results.compare_runs OLD NEW [--tolerance 0.02]

OLD and NEW are folders like results/pictures. Tables and figures follow from the csv files, which
`check_results` checks; of training curves only which there are is compared, since a last bit may
decide after which epoch a training stops.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.compare import find_differences
from phototags.evaluation.metrics.summary import read_scores
from phototags.io.endings import run_command
from phototags.results.manifest import REPORT

MAX_LINES = 20
SCORES, CURVES = ("scores.csv", "tag_vectors.csv"), "losses.csv"


def compare_runs(old: Path, new: Path, tolerance: float) -> Iterator[str]:
    """Differences of two folders of results, a line each.

    Args:
        tolerance: allowed difference, of scores as a share of the perfect score, of other numbers
            as a share of themselves or of one, whichever is more.
    """
    before, after = (
        {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()} - {REPORT}
        for run in (old, new)
    )
    yield from (f"{name} was not made" for name in sorted(before - after))
    yield from (f"{name} is new" for name in sorted(after - before))
    for name in sorted(one for one in before & after if one.endswith(".csv")):
        if name in SCORES:
            lines = find_differences(read_scores(old / name), read_scores(new / name), tolerance)
        else:
            tables = [pd.read_csv(run / name) for run in (old, new)]
            if name == CURVES:
                keys = [one for one in ("train", "system", "seed") if one in tables[0]]
                tables = [table[keys].drop_duplicates(ignore_index=True) for table in tables]
            lines = compare_tables(*tables, tolerance)
        yield from (f"{name}: {line}" for line in lines)


def compare_tables(old: pd.DataFrame, new: pd.DataFrame, tolerance: float) -> Iterator[str]:
    """Differences of two tables whose rows have the same order.

    >>> old, new = pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"a": [1.0, 2.5]})
    >>> list(compare_tables(old, new, 0.1))
    ['row 1: a was 2.0, is 2.5']
    """
    if list(old) != list(new) or len(old) != len(new):
        yield f"{len(old)} rows of {list(old)} were expected, {len(new)} of {list(new)} found"
        return
    for name in old:
        if pd.api.types.is_numeric_dtype(old[name]) and pd.api.types.is_numeric_dtype(new[name]):
            allowed = tolerance * old[name].astype(float).abs().clip(lower=1)
            apart = (new[name].astype(float) - old[name].astype(float)).abs() > allowed
            apart |= old[name].isna() != new[name].isna()
        else:
            apart = old[name].fillna("") != new[name].fillna("")
        for row in old.index[apart]:
            yield f"row {row}: {name} was {old[name][row]}, is {new[name][row]}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m phototags.results.compare_runs", description=__doc__.splitlines()[0]
    )
    parser.add_argument("old", type=Path, help="results as committed")
    parser.add_argument("new", type=Path, help="results as made again")
    parser.add_argument("--tolerance", type=float, default=0.02, help="default %(default)s")
    given = parser.parse_args(arguments)
    try:
        lines = list(compare_runs(given.old, given.new, given.tolerance))
    except (OSError, ValueError, PhototagsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    more = [f"... and {len(lines) - MAX_LINES} more"] * (len(lines) > MAX_LINES)
    verdict = f"{len(lines)} differences" if lines else "the same"
    print(*lines[:MAX_LINES], *more, f"{given.old} and {given.new}: {verdict}", sep="\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(run_command(main))
