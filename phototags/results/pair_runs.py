"""Compare two runs in pairs, system by system on the same test photos: `make compare A=... B=...`.

    python -m phototags.results.pair_runs A B

A and B are folders like results/pictures, of one checkout or two, with the jobs' scores in
models/pictures beside them (`dvc pull` or `dvc checkout` brings those of a commit). Differences
are B less A, the resamples of users the same in both.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.resamples import CONFIDENCE
from phototags.evaluation.metrics.split_means import adjust_holm, compare_pair
from phototags.evaluation.metrics.summary import NAMES
from phototags.io.endings import run_command
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import format_pair
from phototags.report.tables.split_pages import format_difference
from phototags.results.run_scores import Run

MEASURES = [("precision", 1), ("recall", 5), ("miap", 0), ("f1_of_means", 5), ("map", 0)]
ABOUT = (
    "Score in {new} less that in {old}, in percent, on the same test photos and words; in brackets "
    "the 95 % interval of the difference over resamples of users, the same ones for both, then p, "
    "two-sided, adjusted by Holm's method for the systems in a column. Means over the seeds of "
    "each run: what trainings vary counts only where several splits are compared."
)


def pair_runs(old: Run, new: Run) -> str:
    """The page of differences of all systems that both runs have, and what cannot be compared.

    Raises:
        PhototagsError: when nothing can be compared.
    """
    for name in ("seed", "resamples"):
        given = [getattr(run.settings, name) for run in (old, new)]
        if given[0] != given[1]:
            raise PhototagsError(
                f"{old.folder} and {new.folder} should be scored with one score.{name}, but have "
                f"{given[0]} and {given[1]}: their resamples are not the same."
            )
    parts, refused = [], []
    shared, alone = match_scores(old, new)
    for train, test, bridge in shared:
        heading = f"{format_pair(train, test)}, {bridge}"
        if reason := find_difference(old, new, train, test, bridge):
            refused.append(f"{heading}: {reason}")
        else:
            parts += [f"## {heading}", *compare_bridge(old, new, train, test, bridge)]
    refused += alone
    if not parts:
        raise PhototagsError(
            f"{old.folder} and {new.folder} should have been tested on the same photos and words, "
            "but nothing can be compared: " + "; ".join(refused or ["they have no scores"])
        )
    listed = "\n".join(f"- {line}" for line in refused)
    about = ABOUT.format(old=old.folder, new=new.folder)
    return format_page("Two runs in pairs", about, *parts, listed and "Not compared:\n\n" + listed)


def match_scores(old: Run, new: Run) -> tuple[list[tuple[str, str, str]], list[str]]:
    """(train, test, bridge) of scores that both runs have, and a line for each that one has."""
    keys = ["train", "test", "bridge"]
    own, other = (
        list(run.scores[keys].drop_duplicates().itertuples(index=False, name=None))
        for run in (old, new)
    )
    alone = [
        f"{format_pair(*names)}, {bridge}: only in {run.folder}"
        for run, mine, theirs in ((old, own, other), (new, other, own))
        for *names, bridge in mine
        if (*names, bridge) not in theirs
    ]
    return [one for one in own if one in other], alone


def find_difference(old: Run, new: Run, train: str, test: str, bridge: str) -> str:
    """How the test of two runs differs; empty where it does not."""
    tests = [run.describe_test(train, test, bridge) for run in (old, new)]
    for name, before in tests[0].items():
        if changed := before ^ tests[1][name]:
            return (
                f"other {name}: {len(before)} in {old.folder}, {len(tests[1][name])} in "
                f"{new.folder}, {len(changed)} of them in one only, such as {min(changed)}"
            )
    return ""


def compare_bridge(old: Run, new: Run, train: str, test: str, bridge: str) -> Iterator[str]:
    """Tables of the systems that both have: on one split, and over splits if both have several."""
    systems = [name for name in old.systems(train, test) if name in new.systems(train, test)]
    rows = []
    for system in systems:
        before, after = (run.read_system(train, test, system).loc[bridge] for run in (old, new))
        for measure in MEASURES:
            pair = compare_means(before.loc[measure], after.loc[measure])
            rows.append({"system": system, "measure": measure, **pair})
    if rows:
        counts = before.iloc[0]
        yield f"{counts['photos']:,} test photos, {counts['tags']:,} words."
        yield _format_rows(pd.DataFrame(rows))
    splits = [run.read_splits(train, test, bridge) for run in (old, new)]
    shared = [seed for seed in splits[0]["seed"].unique() if seed in set(splits[1]["seed"])]
    counts = [of.groupby("seed")[["photos", "tags", "users"]].first().loc[shared] for of in splits]
    if len(shared) > 1 and counts[0].equals(counts[1]):
        yield f"Over {len(shared)} splits, users and trainings:"
        yield _format_rows(pd.DataFrame(compare_over_splits(*splits, systems, shared)))


def compare_means(old: pd.Series, new: pd.Series) -> dict[str, float]:
    """Difference of two means over seeds, its 95 % interval and two-sided p.

    Args:
        old, new: value and (R,) replicates of the same resamples.
    """
    difference = float(new["value"] - old["value"])
    error = float(np.std(np.asarray(new["replicates"]) - np.asarray(old["replicates"])))
    half = ndtri((1 + CONFIDENCE) / 2) * error
    p = 2 * ndtr(-abs(difference) / error) if error else float(difference == 0)
    return {
        "difference": difference, "low": difference - half, "high": difference + half, "p": p
    }  # fmt: skip


def compare_over_splits(
    old: pd.DataFrame, new: pd.DataFrame, systems: list[str], seeds: list[int]
) -> Iterator[dict]:
    """Differences over splits of each system and measure, by `compare_pair`."""
    tables = [of.set_index(["system", "metric", "k", "seed"]).sort_index() for of in (new, old)]
    for system in systems:
        for measure in MEASURES:
            names = [(system, *measure, seed) for seed in seeds]
            if all(of.index.isin(names).sum() == len(seeds) for of in tables):
                pair = [of.loc[names].reset_index("system").droplevel([0, 1]) for of in tables]
                yield {"system": system, "measure": measure, **compare_pair(*pair)}


def _format_rows(rows: pd.DataFrame) -> str:
    adjusted = rows.groupby("measure")["p"].transform(lambda p: adjust_holm(p.to_numpy()))
    rows = rows.assign(adjusted_p=adjusted)
    cells = [
        [system, *(format_difference(row) for _, row in of.iterrows())]
        for system, of in rows.groupby("system", sort=False)
    ]
    return format_table(["system", *(NAMES[measure] for measure in MEASURES)], cells)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m phototags.results.pair_runs", description=__doc__.splitlines()[0]
    )
    parser.add_argument("old", type=Path, help="results of one run, as results/pictures")
    parser.add_argument("new", type=Path, help="results of the run that it is compared with")
    given = parser.parse_args(arguments)
    try:
        page = pair_runs(Run.read(given.old), Run.read(given.new))
    except (OSError, ValueError, PhototagsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(page, end="")
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
