"""Plot training loss and validation score by epoch."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from phototags.report.figures.style import QUIET, open_figure, system_colours, write_note

CURVES = (("loss", "loss in training"), ("validation_map", "mAP on validation photos, %"))


def plot_losses(losses: pd.DataFrame, path: Path | str) -> None:
    """A line for each system and seed, a dot at the selected epoch (highest validation mAP).

    Baselines are dotted lines at their validation mAP. Losses of different systems are different
    quantities; only their shapes can be compared.

    Args:
        losses: losses.csv: train, system, seed, epoch, loss, validation_map.
        path: of the svg or png.
    """
    trained = losses.dropna(subset=["loss"])
    trains = list(dict.fromkeys(trained["train"])) or [""]
    systems = list(dict.fromkeys(trained["system"]))
    with open_figure(path, 9.6, 0.4 + 2.6 * len(trains)) as drawing:
        grid = drawing.subplots(len(trains), len(CURVES), squeeze=False)
        for row, train in enumerate(trains):
            here = trained[trained["train"] == train]
            flat = losses[(losses["train"] == train) & losses["loss"].isna()]
            for axes, (column, title) in zip(grid[row], CURVES, strict=True):
                axes.set_title(f"{train}: {title}")
                draw_curves(axes, here, column, systems)
                if column == "validation_map" and len(here):
                    draw_levels(axes, flat)
        if systems:
            handles = {
                label: handle
                for axes in grid[:, 0]
                for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
            }
            drawing.legend(
                handles.values(),
                handles.keys(),
                loc="outside lower center",
                ncols=min(len(systems), 6),
                frameon=False,
            )


def draw_curves(axes: Axes, losses: pd.DataFrame, column: str, systems: list[str]) -> None:
    """The curves of one training corpus."""
    if losses.empty:
        return write_note(axes, "no system of this run is trained by epochs")
    for system, colour in system_colours(systems).items():
        label: str | None = system
        for _, run in losses[losses["system"] == system].groupby("seed", sort=True):
            values = run[column] * (100 if column == "validation_map" else 1)
            axes.plot(run["epoch"], values, color=colour, lw=1.2, alpha=0.85, label=label)
            label = None
            if run["validation_map"].notna().any():
                kept = run["validation_map"].idxmax()
                axes.plot(run["epoch"][kept], values[kept], "o", color=colour, ms=4.5, mec="white")
    axes.set_xlabel("epoch")
    axes.set_xlim(left=0)


def draw_levels(axes: Axes, losses: pd.DataFrame) -> None:
    """The validation mAP of systems without epochs, mean of their seeds."""
    levels = losses.groupby("system", sort=False)["validation_map"].mean().dropna()
    for system, value in levels.items():
        axes.axhline(100 * value, color=system_colours([system])[system], lw=1, ls=":")
        axes.annotate(
            system,
            (1, 100 * value),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 2),
            textcoords="offset points",
            ha="right",
            fontsize=7,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.7},
            color=QUIET,
        )
