"""Fill in the numbers of Markdown pages: `python -m phototags.docs.fill_pages README.md docs/*.md`.

What stands between one of these lines and `<!-- end -->` is made from a file, whose path is
relative to the page:

    <!-- scores PATH -->      a short table of a scores.csv with a column for each pair of corpora.
                              Options behind PATH: from=CORPUS,... (training corpora),
                              systems=NAME,..., bridge=NAME (default: the first of the run) and
                              measures=P@1,N+,... (names as in the long tables)
    <!-- validation PATH -->  the best validation mAP in a losses.csv; options from= and systems=
    <!-- file PATH -->        the text of a file, without its title

A number inside a line of text (not at its beginning, where Markdown would read HTML) is made by:

    <!-- cell PATH column=NAME COLUMN=VALUE ... -->
                              the one number in column NAME of those rows of a CSV that have these
                              values, with three digits (`column=photos corpus=tuxpaint`)
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.summary import NAMES, first_bridge_rows, mean_rows, read_scores
from phototags.io.storage import write_text
from phototags.report.tables.cells import format_interval

BLOCK = re.compile(
    r"(<!-- (scores|validation|file|cell) (\S+)((?: \w+=\S+)*) -->)(?:(?!<!-- ).)*(<!-- end -->)",
    re.DOTALL,
)
COLUMNS = {"from": "train", "systems": "system", "bridge": "bridge"}
"""Options that select rows, and the column that each selects by."""
OPTIONS = {"scores": (*COLUMNS, "measures"), "validation": ("from", "systems"), "file": ()}
MEASURES = {name: measure for measure, name in NAMES.items()}
NOT_YET = "*`make results` and `make docs` write this.*"


def fill_page(text: str, folder: Path) -> str:
    """The page with every block made anew from the files in `folder`.

    Raises:
        PhototagsError: when a block asks for what its file does not have.
    """

    def fill_block(match: re.Match) -> str:
        start, kind, name, options, end = match.groups()
        pairs = (option.split("=", 1) for option in options.split())
        made = make_block(kind, folder / name, {key: value.split(",") for key, value in pairs})
        return f"{start}{made}{end}" if kind == "cell" else f"{start}\n{made.strip()}\n{end}"

    return BLOCK.sub(fill_block, text)


def make_block(kind: str, path: Path, options: dict[str, list[str]]) -> str:
    """The content of a block.

    Args:
        options: the values of each option; for a cell, of `column` and of any column.

    Raises:
        PhototagsError: when it has another option or measure, or selects no row or number.

    >>> make_block("file", Path("no.md"), {})
    '*`make results` and `make docs` write this.*'
    """
    unknown = set(options.get("measures", ())) - set(MEASURES)
    unknown |= set(options) - set(OPTIONS.get(kind, options))
    if unknown:
        raise PhototagsError(
            f"a block of kind {kind} should have only the options {OPTIONS[kind]}, measures being "
            f"of {sorted(MEASURES)}, but has {min(unknown)!r}. Correct the page."
        )
    if not path.exists():
        return NOT_YET
    if kind == "file":
        return re.sub(r"\A# .*\n+", "", path.read_text("utf-8"))
    if kind == "cell":
        values = {key: ",".join(value) for key, value in options.items()}
        return format_cell(path, values.pop("column", ""), values)
    rows = select_rows(read_scores(path), options, path)
    if kind == "validation":
        return tabulate_validation(rows)
    return tabulate_scores(rows, options.get("measures", ("P@1", "R@5", "mAP")))


def select_rows(rows: pd.DataFrame, options: dict[str, list[str]], path: Path) -> pd.DataFrame:
    """The rows that the options of COLUMNS select.

    Raises:
        PhototagsError: when there is no row for one of the names.
    """
    for key in filter(options.get, COLUMNS):
        names, column = options[key], COLUMNS[key]
        if missing := sorted(set(names) - set(rows[column])):
            raise PhototagsError(
                f"a page asks for {key}={missing[0]}, but {path} has only "
                f"{', '.join(dict.fromkeys(rows[column]))}. Correct the block, or run again."
            )
        rows = rows[rows[column].isin(names)]
    return rows


def format_cell(path: Path, column: str, values: dict[str, str]) -> str:
    """The one number in a column of the rows of a CSV with these values in other columns.

    Raises:
        PhototagsError: when a column is missing, or the rows have no number or several.
    """
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    if missing := sorted({column, *values} - set(rows)):
        raise PhototagsError(
            f"a page asks for a column {missing[0]!r} of {path}, which has {', '.join(rows)}. "
            "Correct the block: `column=` names the number's, other keys those that select rows."
        )
    for key, value in values.items():
        rows = rows[rows[key] == value]
    found = list(dict.fromkeys(rows[column]))
    numbers = pd.to_numeric(pd.Series(found), errors="coerce").dropna()
    if not len(found) == len(numbers) == 1:
        raise PhototagsError(
            f"a page asks for one number, {column} in the rows of {path} with {values}, but "
            f"{len(rows)} rows have {', '.join(found[:5]) or 'none'}. "
            "Correct the block, or run again."
        )
    return format_number(numbers[0])


def format_number(number: float) -> str:
    """Three digits; whole numbers, and all from 100 on, without decimals.

    >>> [format_number(number) for number in (7, 1210, 2308.7, 774.1, 4.716, 0.3608)]
    ['7', '1,210', '2,309', '774', '4.72', '0.361']
    """
    return f"{number:,.0f}" if number == round(number) or number >= 100 else f"{number:.3g}"


def tabulate_scores(scores: pd.DataFrame, measures: Sequence[str]) -> str:
    """A row per system: the mean of seeds with its interval, for each pair of corpora and measure.

    Columns name the training corpus too where several were tested on one corpus.
    """
    mean = first_bridge_rows(mean_rows(scores))
    pairs = list(dict.fromkeys(zip(mean["train"], mean["test"], strict=True)))
    tests = [test for _, test in pairs]
    names = [f"{train} → {test}" if tests.count(test) > 1 else test for train, test in pairs]
    rows = mean.set_index(["train", "test", "system", "metric", "k"], drop=False)
    keys = [(*pair, MEASURES[measure]) for pair in pairs for measure in measures]
    cells = {
        system: [
            format_interval(rows.loc[key]) if key in rows.index else ""
            for key in ((train, test, system, *measure) for train, test, measure in keys)
        ]
        for system in mean["system"].unique()
    }
    return _tabulate([f"{name} {measure}" for name in names for measure in measures], cells)


def tabulate_validation(losses: pd.DataFrame) -> str:
    """A row per system: the best epoch's validation mAP in percent, mean of seeds."""
    best = losses.groupby(["train", "system", "seed"], sort=False)["validation_map"].max()
    mean = 100 * best.groupby(["train", "system"], sort=False).mean()
    trains = list(dict.fromkeys(losses["train"]))
    cells = {
        system: [
            f"{mean[train, system]:.1f}" if (train, system) in mean else "" for train in trains
        ]
        for system in losses["system"]
    }
    return _tabulate([f"{train} validation mAP" for train in trains], cells)


def _tabulate(head: Sequence[str], cells: dict[str, list[str]]) -> str:
    """A Markdown table with a row per system and columns of numbers."""
    lines = [f"| system | {' | '.join(head)} |", f"|:---|{'---:|' * len(head)}"]
    return "\n".join(lines + [f"| {name} | {' | '.join(row)} |" for name, row in cells.items()])


if __name__ == "__main__":
    for page in map(Path, sys.argv[1:]):
        before = page.read_text(encoding="utf-8")
        if (after := fill_page(before, page.parent)) != before:
            write_text(page, after)
