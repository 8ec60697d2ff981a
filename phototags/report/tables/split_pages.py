"""Markdown pages of scores over several splits: means with intervals, and systems in pairs."""

from pathlib import Path

import pandas as pd

from phototags.evaluation.metrics.split_means import PAIRED
from phototags.evaluation.metrics.summary import NAMES, mean_rows
from phototags.io.storage import write_text
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import MEANING, format_interval, format_pair
from phototags.report.tables.score_pages import score_rows
from phototags.weights.fetch import describe_pretraining

LEVEL = 0.05
"""Differences with a smaller adjusted p are printed in bold."""

SPLITS = (
    "Every system is trained and scored on each of several splits of the training corpus, by whole "
    "users: another vocabulary, other tag vectors, another training seed, from the same features. "
    "Numbers are means over the splits. In brackets the 95 % interval over users and trainings: "
    "its variance is that of the mean when users are left out of the tests of all splits, and the "
    "variance between the splits over their number. Scores of each split: splits.csv."
)
BANDS = "mAP over tags by their number of training photos (tags with a test photo on average):"
PAIRS = (
    "Score of the first system less that of the second, in percent, over the same splits as in "
    "splits.md; in brackets the 95 % interval of the difference, on the same users and splits for "
    "both; then p, two-sided, adjusted for all pairs in a column by Holm's method. Bold: below "
    f"{LEVEL:g}, one of two systems has the higher score. An interval counts one pair alone."
)


def write_split_pages(
    splits: pd.DataFrame,
    bands: pd.DataFrame,
    pairs: pd.DataFrame,
    table: Path | str,
    paired: Path | str,
    backbone: str,
) -> None:
    """Write both pages.

    Args:
        splits, bands, pairs: of `split_means.summarise_splits` and `compare_systems`.
        table, paired: paths of splits.md and paired.md.
        backbone: whose pretraining the pages mention.
    """
    note = describe_pretraining(backbone)
    note = f"\n{note}\n" if note else ""
    write_text(table, format_splits(splits, bands) + note)
    write_text(paired, format_pairs(pairs) + note)


def format_splits(splits: pd.DataFrame, bands: pd.DataFrame) -> str:
    """splits.md: each system on each test corpus, and by training photos of the tags."""
    parts, mean = [], mean_rows(splits)
    for (train, test), of in mean.groupby(["train", "test"], sort=False):
        own = splits[(splits["train"] == train) & (splits["test"] == test)]
        first, number = of.iloc[0], own.loc[own["seed"] != "mean", "seed"].nunique()
        users = f" of {first['users']:,} users" if first["users"] < first["photos"] else ""
        parts += [
            f"## {format_pair(train, test)}",
            f"{number} splits, on average {first['photos']:,} test photos{users} and "
            f"{first['tags']:,} words that one of them has.",
            format_table(["system", *NAMES.values()], score_rows(of)),
        ]
        known = bands[(bands["train"] == train) & (bands["test"] == test)]
        if len(known):
            parts += [BANDS, _band_table(known)]
    return format_page("Scores over splits", f"{MEANING} {SPLITS}", *parts)


def _band_table(bands: pd.DataFrame) -> str:
    tags = bands.drop_duplicates("training_photos").set_index("training_photos")["tags"]
    rows = []
    for system, of in bands.groupby("system", sort=False):
        cells = of.set_index("training_photos")
        rows.append([system, *(format_interval(cells.loc[band]) for band in tags.index)])
    return format_table(["system", *(f"{band} ({tags[band]})" for band in tags.index)], rows)


def format_pairs(pairs: pd.DataFrame) -> str:
    """paired.md: the differences between all pairs of systems on each test corpus."""
    parts = []
    for (train, test), of in pairs.groupby(["train", "test"], sort=False):
        rows = [
            [f"{system} - {over}", *(format_difference(cells.loc[measure]) for measure in PAIRED)]
            for (system, over), pair in of.groupby(["system", "over"], sort=False)
            for cells in [pair.set_index(["metric", "k"])]
        ]
        head = ["systems", *(NAMES[measure] for measure in PAIRED)]
        parts += [f"## {format_pair(train, test)}", format_table(head, rows)]
    if not parts:
        parts = ["This run has one system: there is no pair."]
    return format_page("Systems in pairs", PAIRS, *parts)


def format_difference(row: pd.Series) -> str:
    """Format a row of paired.csv: difference, interval and adjusted p, in bold where it is low."""
    low, high = (f"{100 * row[end]:+.1f}" for end in ("low", "high"))
    text = f"{100 * row['difference']:+.1f} [{low}, {high}]"
    text = f"**{text}**" if row["adjusted_p"] < LEVEL else text
    return f"{text} {format_p(row['adjusted_p'])}"


def format_p(p: float) -> str:
    """Format a p with three decimals.

    >>> [format_p(p) for p in (0.0001, 0.0312, 0.5, 1.0)]
    ['< .001', '.031', '.500', '1.000']
    """
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")
