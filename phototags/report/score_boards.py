"""scores.csv as tables that show how sure a number is."""

from dataclasses import dataclass

import pandas as pd

from phototags.evaluation.metrics.summary import first_bridge_rows, mean_rows
from phototags.report.tables.cells import NAMES, shown

CONTROLS = ("neighbours", "frequency", "random", "rarest")


MEANINGS = {
    ("precision", 1): "photos whose first tag is right",
    ("precision", 5): "right tags among a photo's first five",
    ("recall", 5): "a photo's tags that stand among the first five",
    ("accuracy", 10): "photos with a right tag among the first ten",
    ("miap", 0): "how high a photo's tags stand in its ranking",
    ("f1_of_means", 5): "precision and recall of the tags, at five a photo",
    ("n_plus", 5): "tags that were right at least once",
    ("map", 0): "how high a tag's photos stand in its ranking",
}
"""(metric, k) of the columns, and what each says in plain words."""


@dataclass(frozen=True)
class Measure:
    """A column: a metric of scores.csv, its name, and what it says in plain words."""

    metric: str
    k: int
    name: str
    meaning: str


MEASURES = tuple(
    Measure(metric, k, NAMES[metric, k], meaning) for (metric, k), meaning in MEANINGS.items()
)


@dataclass(frozen=True)
class Cell:
    """A score as text, and where its bar and interval stand, in percent of the column's best."""

    value: float
    text: str
    interval: str
    reach: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True)
class Board:
    """The scores on one test corpus: a row a system, a cell a measure (None: not measured)."""

    train: str
    test: str
    photos: int
    tags: int
    measures: tuple[Measure, ...]
    rows: tuple[tuple[str, bool, tuple[Cell | None, ...]], ...]
    sentence: str


def boards(scores: pd.DataFrame) -> list[Board]:
    """One board for each (train, test): means over the seeds, by the strictest bridge."""
    mean = first_bridge_rows(mean_rows(scores))
    pairs = dict.fromkeys(zip(mean["train"], mean["test"], strict=True))
    return [
        board(train, test, mean[(mean["train"] == train) & (mean["test"] == test)])
        for train, test in pairs
    ]


def board(train: str, test: str, scores: pd.DataFrame) -> Board:
    """The scores of one training and one test corpus."""
    table = scores.set_index(["metric", "k", "system"]).sort_index()
    kinds = set(zip(scores["metric"], scores["k"], strict=True))
    measures = tuple(m for m in MEASURES if (m.metric, m.k) in kinds)
    systems = list(dict.fromkeys(scores["system"]))
    columns = [column(table.loc[(m.metric, m.k)], m) for m in measures]
    return Board(
        train,
        test,
        photos=int(scores["photos"].max()),
        tags=int(scores["tags"].max()),
        measures=measures,
        rows=tuple((s, s in CONTROLS, tuple(of.get(s) for of in columns)) for s in systems),
        sentence=sentence(train, test, scores),
    )


def column(scores: pd.DataFrame, measure: Measure) -> dict[str, Cell]:
    """The cells of one measure by system; bars share the scale that ends at the highest bound."""
    top = max(float(scores["high"].max()), 1e-9)
    best = scores["value"].max()

    def written(value: float) -> str:
        return shown(measure.metric, value)

    return {
        str(row.Index): Cell(
            float(row.value),
            written(row.value),
            f"{written(row.low)} to {written(row.high)}",
            reach=round(100 * row.value / top, 2),
            low=round(100 * row.low / top, 2),
            high=round(100 * row.high / top, 2),
            best=row.value == best,
        )
        for row in scores.itertuples()
    }


def sentence(train: str, test: str, scores: pd.DataFrame) -> str:
    """The result in words: how often the first tag of the best system that learns is right.

    The controls stand beside it, whether it beats them or not. Empty when precision at one was
    not measured.
    """
    first = scores[(scores["metric"] == "precision") & (scores["k"] == 1)].set_index("system")
    if first.empty:
        return ""
    controls = [system for system in CONTROLS if system in first.index]
    best = first.drop(controls)["value"].idxmax() if len(controls) < len(first) else controls[0]
    row = first.loc[best]
    others = [
        f"{system} {100 * first.loc[system, 'value']:.0f}" for system in controls if system != best
    ]
    beside = f" (controls: {', '.join(others)})" if others else ""
    return (
        f"The first tag of {best} was one that people wrote for {100 * row['value']:.0f} of 100 "
        f"test photos of {test}{beside}."
    )
