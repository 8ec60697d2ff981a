"""Plot precision over recall of single tags, with and without the user."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from phototags.evaluation.metrics.per_tag import Curve
from phototags.report.figures.style import open_figure, system_colours, write_note

PANELS = 4  # tags of each list


def select_panel_tags(lists: Mapping[str, pd.Series]) -> dict[str, list[str]]:
    """The first tags of each list, as many as there are panels, by its title.

    >>> select_panel_tags({"most": pd.Series({"sea": 9, "sky": 8, "art": 7, "cat": 6, "dog": 5})})
    {'most': ['sea', 'sky', 'art', 'cat']}
    """
    return {title: list(tags.index[:PANELS]) for title, tags in lists.items()}


def plot_tag_curves(
    lists: Mapping[str, Sequence[str]], curves: Mapping[str, Mapping[str, Curve]], path: Path | str
) -> None:
    """A row of panels for each list of tags, a panel for each tag, a line for each system.

    Args:
        lists: of `select_panel_tags`.
        curves: precision and recall of each tag, by system and tag.
        path: of the svg.
    """
    with open_figure(path, 2.4 * PANELS, 0.6 + 2.3 * max(len(lists), 1)) as drawing:
        grid = drawing.subplots(max(len(lists), 1), PANELS, squeeze=False, sharex=True, sharey=True)
        if not lists:
            for axes in grid[0]:
                write_note(axes, "no system knows the user")
            return
        for row, (title, tags) in zip(grid, lists.items(), strict=True):
            for axes in row[len(tags) :]:
                axes.set_axis_off()
            for axes, tag in zip(row, tags, strict=False):
                for system, colour in system_colours(list(curves)).items():
                    precision, recall = curves[system][tag]
                    axes.plot(100 * recall, 100 * precision, color=colour, lw=1.2, label=system)
                axes.set_title(tag)
                axes.set_ylim(0, 103)
            row[0].set_ylabel(f"{textwrap.fill(title, 24)}\nprecision, %", fontsize=7.5)
        for axes in grid[-1]:
            axes.set_xlabel("recall, %")
        handles = grid[0][0].get_legend_handles_labels()
        drawing.legend(*handles, loc="outside lower center", ncols=len(curves), frameon=False)
