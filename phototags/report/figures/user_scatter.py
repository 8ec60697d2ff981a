"""Plot the map of users, coloured by their tags, number of photos and year."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from phototags.report.figures.style import COLOURS, RULE, open_figure, write_note

TAGS = 7  # with their own colour


def plot_users(users: pd.DataFrame, path: Path | str) -> None:
    """A dot for each user of `map_users`: by commonest tag, number of photos, year if known."""
    years = users["year"].notna().any()
    with open_figure(path, 4.8 * (2 + years), 4.6) as drawing:
        panels = drawing.subplots(1, 2 + years)
        for axes in panels:
            axes.set_xticks([])
            axes.set_yticks([])
        if users.empty:
            return [write_note(axes, "no user of this run is known") for axes in panels][0]
        _by_tag(panels[0], users)
        _by_number(panels[1], users, np.log2(users["photos"].clip(lower=1)), "photos, as log2")
        if years:
            _by_number(panels[2], users, users["year"], "mean year")


def _by_tag(axes: Axes, users: pd.DataFrame) -> None:
    axes.set_title("users by the commonest tag of their seen photos")
    shown = users.loc[users["tag"] != "", "tag"].value_counts().index[:TAGS]
    others = users[~users["tag"].isin(shown)]
    axes.scatter(others["x"], others["y"], s=12, color=RULE, label="others, or none")
    for tag, colour in zip(shown, COLOURS, strict=False):
        own = users[users["tag"] == tag]
        axes.scatter(own["x"], own["y"], s=16, color=colour, label=tag)
    axes.legend(frameon=False, fontsize=7, loc="best")


def _by_number(axes: Axes, users: pd.DataFrame, numbers: pd.Series, title: str) -> None:
    axes.set_title(title)
    drawn = axes.scatter(users["x"], users["y"], s=14, c=numbers, cmap="viridis")
    axes.figure.colorbar(drawn, ax=axes, shrink=0.7)
