"""Every system on every test corpus, with intervals, and who beats whom."""

import pandas as pd

from phototags.evaluation.metrics.summary import first_bridge_rows, mean_rows
from phototags.report.tables.cells import INTERVALS, MEANING, NAMES, beaten, letters, with_interval
from phototags.report.tables.markdown import page, table

BEATS = (
    "The letters after a score name the systems that it beats: those whose interval lies wholly "
    "below its own. No letter, no such system."
)


def headline(scores: pd.DataFrame) -> str:
    """headline.md of a scores.csv: means over seeds, words met by the strictest bridge."""
    judged = first_bridge_rows(mean_rows(scores))
    pairs = judged.groupby(["train", "test"], sort=False)
    return page(
        "Scores",
        f"{MEANING} {INTERVALS} {BEATS}",
        *(part for (train, test), of in pairs for part in _of_pair(train, test, of, scores)),
    )


def _of_pair(train: str, test: str, of: pd.DataFrame, scores: pd.DataFrame) -> list[str]:
    systems = list(dict.fromkeys(of["system"]))
    letter = letters(systems)
    by_metric = {(metric, k): of[(of["metric"] == metric) & (of["k"] == k)] for metric, k in NAMES}
    rows = [
        [f"{letter[system]} {system}"]
        + [_cell(by_metric[measure], system, letter) for measure in NAMES]
        for system in systems
    ]
    return [
        f"## {heading(train, test)}",
        under_heading(of, scores),
        table(["system", *NAMES.values()], rows),
        f"In how many of these {len(NAMES)} columns the system of the row beats that of the "
        "column, intervals apart:",
        table(["", *systems], _duels(by_metric, systems)),
    ]


def _cell(scores: pd.DataFrame, system: str, letter: dict[str, str]) -> str:
    row = scores[scores["system"] == system].iloc[0]
    marks = "".join(letter[other] for other in beaten(scores, system))
    return f"{with_interval(row)} {marks}".rstrip()


def _duels(by_metric: dict, systems: list[str]) -> list[list[str]]:
    won = {system: [] for system in systems}
    for scores in by_metric.values():
        for system in systems:
            won[system] += beaten(scores, system)
    return [
        [system] + ["" if other == system else str(won[system].count(other)) for other in systems]
        for system in systems
    ]


def heading(train: str, test: str) -> str:
    """Which photos were learned from and which are judged.

    >>> heading("corel5k", "corel5k"), heading("corel5k", "flickr8k")
    ('corel5k', 'corel5k → flickr8k')
    """
    return train if train == test else f"{train} → {test}"


def under_heading(of: pd.DataFrame, scores: pd.DataFrame) -> str:
    """How many photos, words and seeds the rows of one pair of corpora stand for."""
    first = of.iloc[0]
    same = (scores["train"] == first["train"]) & (scores["test"] == first["test"])
    seeds = scores.loc[same & (scores["seed"] != "mean"), "seed"].nunique()
    words = "its own words" if first["train"] == first["test"] else f"bridge {first['bridge']}"
    return (
        f"{first['photos']:,} test photos, {first['tags']:,} words that one of them has ({words}), "
        f"{seeds} {'seed' if seeds == 1 else 'seeds'}."
    )
