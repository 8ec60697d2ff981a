"""Style of all figures; equal content is saved as equal bytes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phototags.io.storage import atomic_write

INK, QUIET, RULE = "#26221c", "#7d766b", "#ddd6ca"
HIT = "#1f7a4d"
BASELINE_COLOURS = {
    "frequency": "#b3aca0",
    "random": "#cfc9be",
    "rarest": "#cfc9be",
    "neighbours": "#8a8378",
}
COLOURS = ("#c8553d", "#2f7fb5", "#123f63", "#7a5195", "#d99a2b", "#3f8f7a", "#a23b72", "#6b8e23")

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": RULE,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "phototags",
    "text.parse_math": False,  # a tag may hold dollar signs
}


def system_colours(systems: Sequence[str]) -> dict[str, str]:
    """Greys for the baselines, a colour for each trained system, in the order given."""
    trained = dict(zip((one for one in systems if one not in BASELINE_COLOURS), cycle(COLOURS)))
    return {system: BASELINE_COLOURS.get(system) or trained[system] for system in systems}


@contextmanager
def open_figure(path: Path | str, width: float, height: float, dots: int = 100) -> Iterator[Figure]:
    """Draw on a figure of `width` x `height` inches; it is saved when the block ends.

    The file contains neither the time nor the version of matplotlib.
    """
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, "backend": "agg", **STYLE}):
        drawing = Figure(figsize=(width, height), layout="constrained", dpi=dots)
        drawing.get_layout_engine().set(w_pad=0.09, h_pad=0.07)
        yield drawing
        kind = Path(path).suffix[1:]
        nothing = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[kind]
        with atomic_write(path) as part:
            drawing.savefig(part, format=kind, metadata=nothing)


def write_note(axes: Axes, note: str) -> None:
    """Write why there is nothing to draw in the place of the lines."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, note, ha="center", va="center", color=QUIET, transform=axes.transAxes)
