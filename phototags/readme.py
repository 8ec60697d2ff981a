"""The README's numbers, put there by a command: `python -m phototags.readme README.md`.

Between `<!-- scores PATH -->` and `<!-- end -->` stands a short table of a scores.csv, between
`<!-- file PATH -->` and `<!-- end -->` the text of a file; paths are relative to the page.
"""

import re
import sys
from pathlib import Path

import pandas as pd

from phototags.metrics.summary import means, read_scores, strictest
from phototags.storage import whole

BLOCK = re.compile(r"(<!-- (scores|file) (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
MEASURES = {("precision", 1): "P@1", ("recall", 5): "R@5", ("map", 0): "mAP"}
NOT_YET = "*`make results` and `make docs` write this.*"


def filled(text: str, folder: Path) -> str:
    """The page with every block made anew from the files in `folder`."""

    def block(found: re.Match) -> str:
        start, kind, name, end = found.groups()
        path = folder / name
        if not path.exists():
            return f"{start}{NOT_YET}\n{end}"
        made = short_table(read_scores(path)) if kind == "scores" else path.read_text("utf-8")
        return f"{start}{made.strip()}\n{end}"

    return BLOCK.sub(block, text)


def short_table(scores: pd.DataFrame) -> str:
    """One row a system, a few columns for each test corpus, in percent with the interval."""
    mean = strictest(means(scores))
    pairs = list(dict.fromkeys(zip(mean["train"], mean["test"], strict=True)))
    cells = mean.set_index(["train", "test", "system", "metric", "k"])
    head = [f"{test} {name}" for _, test in pairs for name in MEASURES.values()]
    lines = [f"| system | {' | '.join(head)} |", f"|:---|{'---:|' * len(head)}"]
    for system in dict.fromkeys(mean["system"]):
        row = [written(cells, (*pair, system, *measure)) for pair in pairs for measure in MEASURES]
        lines.append(f"| {system} | {' | '.join(row)} |")
    return "\n".join(lines)


def written(cells: pd.DataFrame, key: tuple) -> str:
    """`49.1 [46.7, 51.6]`, or nothing where it was not measured."""
    if key not in cells.index:
        return ""
    value, low, high = (100 * cells.loc[key, name] for name in ("value", "low", "high"))
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    made = filled(page.read_text(encoding="utf-8"), page.parent)
    with whole(page) as part:
        part.write_text(made, encoding="utf-8")
