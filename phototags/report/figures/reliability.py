"""Plot how often tags are right over how probable they are said to be."""

from pathlib import Path

import pandas as pd

from phototags.report.figures.style import COLOURS, QUIET, RULE, open_figure, write_note

LINES = ((False, "before: sigmoid of the score", QUIET), (True, "after calibration", COLOURS[1]))


def plot_reliability(reliability: pd.DataFrame, path: Path | str) -> None:
    """A panel for all tags and one for each photo's first five; on the diagonal is perfect.

    Args:
        reliability: of `score_probabilities`; a larger dot is of more pairs.
        path: of the svg.
    """
    with open_figure(path, 7.2, 3.7) as drawing:
        panels = drawing.subplots(1, 2, sharex=True, sharey=True)
        for axes, tags in zip(panels, ("all", "first five"), strict=True):
            shown = reliability[reliability["tags"] == tags]
            if shown.empty:
                write_note(axes, "no probabilities to measure")
                continue
            axes.plot([0, 1], [0, 1], color=RULE, lw=1)
            for calibrated, label, colour in LINES:
                of = shown[shown["calibrated"] == calibrated]
                size = 8 + 120 * (of["pairs"] / shown["pairs"].max()) ** 0.5
                axes.plot(of["predicted"], of["observed"], color=colour, lw=1.2, label=label)
                axes.scatter(of["predicted"], of["observed"], s=size, color=colour, lw=0)
            axes.set_title("all tags" if tags == "all" else "the first five tags of each photo")
            axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability")
        panels[0].set_ylabel("share of photos that have the tag")
        if handles := panels[0].get_legend_handles_labels()[0]:
            drawing.legend(handles, [one[1] for one in LINES], loc="outside lower center", ncols=2)
