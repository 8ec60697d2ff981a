"""Fill the numbers of a page: `python -m phototags.docs.fill_pages README.md docs/*.md`.

Between one of these lines and `<!-- end -->` stands what is made of a file; paths are relative to
the page:

    <!-- scores PATH -->      a short table of a scores.csv, of all pairs of corpora; behind PATH
                              may stand from=CORPUS,... (learned from), systems=NAME,...,
                              bridge=NAME (the first that was asked for, if not) and
                              measures=P@1,N+,... (names as in the long tables)
    <!-- validation PATH -->  the best validation mAP of a losses.csv; from= and systems= too
    <!-- file PATH -->        the text of a file, without its heading

A figure of a sentence stands between the same two, inside of a line (never at its beginning, where
Markdown would take the line for HTML):

    <!-- cell PATH column=NAME COLUMN=VALUE ... -->
                              the one number that column NAME of a CSV has in all rows whose other
                              columns are as said, rounded to three figures (`column=photos
                              corpus=tuxpaint reason=symbol`)
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.summary import means, read_scores, strictest
from phototags.io.storage import atomic_write
from phototags.report.tables.cells import NAMES, with_interval

BLOCK = re.compile(
    r"(<!-- (scores|validation|file|cell) (\S+)((?: \w+=\S+)*) -->)(?:(?!<!-- ).)*(<!-- end -->)",
    re.DOTALL,
)
CHOSEN = {"from": "train", "systems": "system", "bridge": "bridge"}
KEYS = {"scores": (*CHOSEN, "measures"), "validation": ("from", "systems"), "file": ()}
MEASURED, MEASURES = set(NAMES.values()), ("P@1", "R@5", "mAP")
NOT_YET = "*`make results` and `make docs` write this.*"


def filled(text: str, folder: Path) -> str:
    """The page with every block made anew from the files in `folder`.

    Raises:
        PhototagsError: a block asks for what its file does not have.
    """

    def block(found: re.Match) -> str:
        start, kind, name, said, end = found.groups()
        text = content(kind, folder / name, asked(kind, said))
        return f"{start}{text}{end}" if kind == "cell" else f"{start}\n{text.strip()}\n{end}"

    return BLOCK.sub(block, text)


def content(kind: str, path: Path, wanted: dict[str, list[str]]) -> str:
    """What a block of this kind holds: made of the file at `path`, if that is there."""
    if not path.exists():
        return NOT_YET
    if kind == "file":
        return without_heading(path.read_text("utf-8"))
    if kind == "cell":
        return cell(path, wanted)
    table = short_table if kind == "scores" else validation_table
    return table(chosen(read_scores(path), wanted, path), **wanted)


def asked(kind: str, said: str) -> dict[str, list[str]]:
    """What stands behind the path of a block: names, by their key (of a cell, any column's).

    Raises:
        PhototagsError: a key or a measure that blocks of this kind do not know.

    >>> asked("scores", " from=corel5k measures=P@1,N+")
    {'from': ['corel5k'], 'measures': ['P@1', 'N+']}
    """
    pairs = (one.split("=", 1) for one in said.split())
    wanted = {key: names.split(",") for key, names in pairs}
    if kind == "cell":
        return wanted
    odd = [*(wanted.keys() - set(KEYS[kind])), *(set(wanted.get("measures", [])) - MEASURED)]
    if odd:
        raise PhototagsError(
            f"behind the path of a block of kind {kind} may stand {KEYS[kind] or 'nothing'}, "
            f"measures being of {sorted(MEASURED)}, but stands {odd[0]!r}. Correct the page."
        )
    return wanted


def without_heading(text: str) -> str:
    """A file's text without the title that it has as a page of its own.

    >>> without_heading("# Users\\n\\nGains.\\n"), without_heading("Gains.\\n")
    ('Gains.\\n', 'Gains.\\n')
    """
    return re.sub(r"\A# .*\n+", "", text)


def chosen(rows: pd.DataFrame, wanted: dict[str, list[str]], path: Path) -> pd.DataFrame:
    """The rows that a block asks for by the keys of CHOSEN, which are taken out of `wanted`.

    Raises:
        PhototagsError: when there is no row for one of the names.
    """
    for key, column in CHOSEN.items():
        if key not in wanted:
            continue
        names = wanted.pop(key)
        if odd := sorted(set(names) - set(rows[column])):
            raise PhototagsError(
                f"a page asks for {key}={odd[0]}, but {path} has only "
                f"{', '.join(dict.fromkeys(rows[column]))}. Correct the block, or run again."
            )
        rows = rows[rows[column].isin(names)]
    return rows


def cell(path: Path, wanted: dict[str, list[str]]) -> str:
    """The one number of a column, in all rows whose other columns are as said.

    Raises:
        PhototagsError: for a column that is not there; when the rows have no number or several.
    """
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    values = {key: ",".join(value) for key, value in wanted.items()}
    column = values.pop("column", "")
    if odd := sorted({column, *values} - set(rows)):
        raise PhototagsError(
            f"a page asks for a column {odd[0]!r} of {path}, which has {', '.join(rows)}. "
            "Correct the block: `column=` names the number's, other keys those that choose rows."
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
    return rounded(numbers[0])


def rounded(number: float) -> str:
    """Three figures, but whole numbers and those from 100 on as whole ones.

    >>> [rounded(number) for number in (7, 1210, 2308.7, 774.1, 4.716, 0.3608)]
    ['7', '1,210', '2,309', '774', '4.72', '0.361']
    """
    return f"{number:,.0f}" if number == round(number) or number >= 100 else f"{number:.3g}"


def short_table(scores: pd.DataFrame, measures: Sequence[str] = MEASURES) -> str:
    """One row a system, a few columns for each test corpus, with the interval.

    Where several corpora were tested on one, the columns name both: the words may be others.
    """
    known = {name: measure for measure, name in NAMES.items()}
    mean = strictest(means(scores))
    pairs = list(dict.fromkeys(zip(mean["train"], mean["test"], strict=True)))
    cells = mean.set_index(["train", "test", "system", "metric", "k"], drop=False)
    tests = [test for _, test in pairs]
    names = [f"{train} → {test}" if tests.count(test) > 1 else test for train, test in pairs]
    head = [f"{pair} {name}" for pair in names for name in measures]
    lines = [f"| system | {' | '.join(head)} |", f"|:---|{'---:|' * len(head)}"]
    for system in dict.fromkeys(mean["system"]):
        row = [written(cells, (*pair, system, *known[one])) for pair in pairs for one in measures]
        lines.append(f"| {system} | {' | '.join(row)} |")
    return "\n".join(lines)


def written(cells: pd.DataFrame, key: tuple) -> str:
    """`49.1 [46.7, 51.6]`, or nothing where it was not measured."""
    return with_interval(cells.loc[key]) if key in cells.index else ""


def validation_table(losses: pd.DataFrame) -> str:
    """One row a system: the best epoch's validation mAP in percent, mean over seeds."""
    best = losses.groupby(["train", "system", "seed"], sort=False)["validation_map"].max()
    mean = 100 * best.groupby(["train", "system"], sort=False).mean()
    trains = list(dict.fromkeys(losses["train"]))
    head = [f"{train} validation mAP" for train in trains]
    lines = [f"| system | {' | '.join(head)} |", f"|:---|{'---:|' * len(head)}"]
    for system in dict.fromkeys(losses["system"]):
        row = [f"{mean[key]:.1f}" if (key := (train, system)) in mean else "" for train in trains]
        lines.append(f"| {system} | {' | '.join(row)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for page in map(Path, sys.argv[1:]):
        before = page.read_text(encoding="utf-8")
        if (made := filled(before, page.parent)) != before:
            with atomic_write(page) as part:
                part.write_text(made, encoding="utf-8")
