"""Scores of a run as the report's tables, with bars for values and intervals."""

from dataclasses import dataclass

import pandas as pd

from phototags.evaluation.metrics.summary import NAMES, first_bridge_rows, mean_rows
from phototags.report.tables.cells import BASELINES, format_score

MEANINGS = {
    ("precision", 1): "photos whose first tag is right",
    ("precision", 5): "right tags among a photo's first five",
    ("recall", 5): "a photo's tags found among its first five",
    ("accuracy", 10): "photos with at least one right tag among the first ten",
    ("miap", 0): "average precision of each photo's ranking of tags",
    ("f1_of_means", 5): "precision and recall of single tags, at five tags a photo",
    ("n_plus", 5): "tags that were right at least once",
    ("map", 0): "average precision of each tag's ranking of photos",
}
"""(metric, k) of the columns, and what each measures."""


@dataclass(frozen=True)
class Measure:
    """A column: a metric of scores.csv, its name, and what it measures."""

    metric: str
    k: int
    name: str
    meaning: str


MEASURES = tuple(Measure(*key, NAMES[key], meaning) for key, meaning in MEANINGS.items())


@dataclass(frozen=True)
class Cell:
    """A score as text; bar, low and high are positions in percent of the column's range."""

    value: float
    text: str
    interval: str
    bar: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True)
class ScoreTable:
    """Scores on one test corpus.

    Args:
        rows: (system, whether it is a baseline, a cell for each measure or None if not measured).
        sentence: the result in words.
    """

    train: str
    test: str
    photos: int
    tags: int
    measures: tuple[Measure, ...]
    rows: tuple[tuple[str, bool, tuple[Cell | None, ...]], ...]
    sentence: str


def make_score_tables(scores: pd.DataFrame) -> list[ScoreTable]:
    """One table for each (train, test): means over the seeds, by the first bridge."""
    pairs = first_bridge_rows(mean_rows(scores)).groupby(["train", "test"], sort=False)
    return [_make_table(train, test, of) for (train, test), of in pairs]


def _make_table(train: str, test: str, scores: pd.DataFrame) -> ScoreTable:
    table = scores.set_index(["metric", "k", "system"]).sort_index()
    kinds = set(zip(scores["metric"], scores["k"], strict=True))
    measures = tuple(m for m in MEASURES if (m.metric, m.k) in kinds)
    systems = list(dict.fromkeys(scores["system"]))
    columns = [_make_column(table.loc[(m.metric, m.k)], m.metric) for m in measures]
    return ScoreTable(
        train,
        test,
        photos=int(scores["photos"].max()),
        tags=int(scores["tags"].max()),
        measures=measures,
        rows=tuple((s, s in BASELINES, tuple(of.get(s) for of in columns)) for s in systems),
        sentence=summarise_result(test, scores),
    )


def _make_column(scores: pd.DataFrame, metric: str) -> dict[str, Cell]:
    """The cells of one measure by system; bars share a scale up to the highest interval end."""
    top = max(float(scores["high"].max()), 1e-9)
    best = scores["value"].max()
    return {
        str(row.Index): Cell(
            float(row.value),
            format_score(metric, row.value),
            f"{format_score(metric, row.low)} to {format_score(metric, row.high)}",
            *(round(100 * number / top, 2) for number in (row.value, row.low, row.high)),
            best=row.value == best,
        )
        for row in scores.itertuples()
    }


def summarise_result(test: str, scores: pd.DataFrame) -> str:
    """P@1 of the best trained system and of the baselines in a sentence; empty if not measured."""
    first = scores[(scores["metric"] == "precision") & (scores["k"] == 1)].set_index("system")
    if first.empty:
        return ""
    baselines = [system for system in BASELINES if system in first.index]
    best = first.drop(baselines)["value"].idxmax() if len(baselines) < len(first) else baselines[0]
    percents = {system: f"{100 * value:.0f}" for system, value in first["value"].items()}
    others = [f"{system} {percents[system]}" for system in baselines if system != best]
    beside = f" (baselines: {', '.join(others)})" if others else ""
    return (
        f"The first tag of {best} was one that people wrote for {percents[best]} of 100 test "
        f"photos of {test}{beside}."
    )
