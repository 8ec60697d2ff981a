"""Plot the scores of every system with intervals, a row of panels for each test corpus."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from phototags.evaluation.metrics.summary import first_bridge_rows
from phototags.report.figures.style import INK, QUIET, open_figure, system_colours

MEASURES = (  # metric, k, title of the panel
    ("precision", 1, "P@1: the first tag is right"),
    ("recall", 5, "R@5: tags found in five"),
    ("map", 0, "mAP: photos ranked for each tag"),
)


def plot_scores(scores: pd.DataFrame, path: Path | str) -> None:
    """A dot for the mean of the seeds, a bar for its 95 % interval, a tick for each seed.

    Each pair of corpora has the systems that were scored on it.

    Args:
        scores: scores.csv; of the first bridge, in percent.
        path: of the svg or png.
    """
    shown = first_bridge_rows(scores)
    pairs = list(dict.fromkeys(zip(shown["train"], shown["test"], strict=True)))
    colour = system_colours(list(dict.fromkeys(shown["system"])))
    tables = [shown[(shown["train"] == train) & (shown["test"] == test)] for train, test in pairs]
    scored = [[one for one in colour if one in set(here["system"])] for here in tables]
    heights = [0.55 + 0.24 * len(systems) for systems in scored] or [0.55]
    with open_figure(path, 9.6, 0.75 + sum(heights)) as drawing:
        ratios = [height / max(heights) for height in heights]
        shape = {"sharex": "col", "sharey": "row", "height_ratios": ratios}
        grid = drawing.subplots(len(heights), len(MEASURES), squeeze=False, **shape)
        for row, ((train, test), here) in enumerate(zip(pairs, tables, strict=True)):
            for axes, (metric, k, title) in zip(grid[row], MEASURES, strict=True):
                of = here[(here["metric"] == metric) & (here["k"] == k)]
                draw_panel(axes, of, {system: colour[system] for system in scored[row]})
                axes.set_title(title if row == 0 else "", color=QUIET, fontsize=8.5, pad=22)
                if row == 0:
                    axes.set_xlim(0, axis_limit(shown, metric, k))
            grid[row][0].annotate(
                f"{train} → {test}" if train != test else f"{test}, its own test photos",
                (0, 1),
                xytext=(0, 7),
                xycoords="axes fraction",
                textcoords="offset points",
                fontweight="bold",
                color=INK,
            )


def axis_limit(scores: pd.DataFrame, metric: str, k: int) -> float:
    """Upper axis limit of a metric in percent: the highest number and space for its text."""
    of = scores[(scores["metric"] == metric) & (scores["k"] == k)]
    return 118 * max(of["high"].max(), of["value"].max(), 0.01) if len(of) else 100


def draw_panel(axes: Axes, of: pd.DataFrame, colour: dict[str, str]) -> None:
    """One metric on one test corpus; `colour` has the systems scored there, the first on top."""
    for place, system in enumerate(colour):
        rows = of[of["system"] == system]
        seeds = rows.loc[rows["seed"] != "mean", "value"]
        for value in seeds:
            axes.plot(100 * value, place, "|", color=colour[system], ms=7, mew=0.8, alpha=0.55)
        for mean in rows[rows["seed"] == "mean"].itertuples():
            axes.hlines(place, 100 * mean.low, 100 * mean.high, color=colour[system], lw=2.4)
            axes.plot(100 * mean.value, place, "o", color=colour[system], ms=6, mec="white")
            axes.annotate(
                f"{100 * mean.value:.1f}",
                (100 * max(mean.high, seeds.max() if len(seeds) else 0), place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
                color=INK,
            )
    axes.set_yticks(range(len(colour)), list(colour), color=INK)
    axes.set_ylim(len(colour) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
