"""Ours beside a peer in one run: pairs that take turns, medians, one line a case.

Machines are shared and their speed drifts, so only two runs that follow each other can be
compared: each pair gives a ratio, the table their median and their spread.
"""

import argparse
import csv
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple

from phototags.io.cpu import instruction_set_variables
from phototags.io.storage import atomic_write
from phototags.workflow.config import Params

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-peers"
RESULTS = ROOT / "results/benchmarks"
PAIRS = 5

Pairs = list[tuple[float, float]]


class Row(NamedTuple):
    """A line of results/benchmarks/NAME.csv.

    Args:
        case: what was done.
        peer: who did it too.
        peer_version: its version.
        unit: of `ours` and `theirs`.
        ours: median of our runs.
        theirs: median of the peer's runs.
        ratio: median over the pairs; above 1 we are better, whatever the unit.
        low: the worst pair's ratio.
        high: the best pair's ratio.
        machine: processor, cores and GPU.
    """

    case: str
    peer: str
    peer_version: str
    unit: str
    ours: float
    theirs: float
    ratio: float
    low: float
    high: float
    machine: str


def take_turns(
    ours: Callable[[], float],
    theirs: Callable[[], float],
    pairs: int = PAIRS,
    *,
    warm: bool = False,
) -> Pairs:
    """Run both `pairs` times after one run that is not counted; who starts changes every time.

    Args:
        ours: runs once and returns its figure, a rate or a cost.
        theirs: the same for the peer.
        warm: both have just run for a case before, so that each run counts.
    """
    if not warm:
        ours(), theirs()
    done: Pairs = []
    for number in range(pairs):
        if number % 2:
            second = theirs()
            done.append((ours(), second))
        else:
            done.append((ours(), theirs()))
    return done


def compare(
    case: str, peer: str, version: str, unit: str, pairs: Pairs, better: Literal["more", "less"]
) -> Row:
    """The line of a case.

    Args:
        pairs: figures of ours and theirs.
        better: `more` for rates, `less` for seconds and megabytes.

    >>> compare("read", "them", "1.0", "s", [(1, 3), (2, 4), (1, 5)], better="less")[4:9]
    (1, 4, 3.0, 2.0, 5.0)
    """
    ratios = [ours / theirs if better == "more" else theirs / ours for ours, theirs in pairs]
    middle = [median(side) for side in zip(*pairs, strict=True)]
    spread = median(ratios), min(ratios), max(ratios)
    return Row(case, peer, version, unit, *middle, *spread, machine())


def conclude(name: str, rows: Iterable[Row], quick: bool) -> None:
    """Show the rows of a benchmark without the machine; those of a full run are written too."""
    rows = list(rows)
    for row in rows:
        print(*row[:-1], sep=",")
    if not quick:
        write_rows(name, rows)


def conclude_page(name: str, text: str, quick: bool) -> None:
    """Show a page; that of a full run is written too, as results/benchmarks/NAME.md."""
    print(text)
    if not quick:
        with atomic_write(RESULTS / f"{name}.md") as part:
            part.write_text(text, encoding="utf-8")


def read_rows(name: str) -> list[Row]:
    """The rows that a benchmark has written, their figures as text; none before its first run."""
    path = RESULTS / f"{name}.csv"
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


def write_rows(name: str, rows: Iterable[Row]) -> Path:
    """Write results/benchmarks/NAME.csv, figures with four digits; also shown on stdout."""
    path = RESULTS / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with open(part, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Row._fields)
        for row in rows:
            table.writerow(f"{one:.4g}" if isinstance(one, float) else one for one in row)
    os.replace(part, path)
    print(path.read_text(), end="")
    return path


def arguments(about: str, **folders: Path | None) -> argparse.Namespace:
    """The options of a benchmark: `--quick` for one small pair that writes nothing, and `--pairs`.

    Args:
        folders: further options that take a folder, with their defaults.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="one small pair, nothing written")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="runs of each side (%(default)s)")
    for name, default in folders.items():
        parser.add_argument(f"--{name}", type=Path, metavar="FOLDER", default=default)
    args = parser.parse_args()
    args.pairs = 1 if args.quick else max(args.pairs, PAIRS)
    return args


def compute_as(params: Params) -> None:
    """Begin again with the variables that libraries read when they are imported."""
    wanted = instruction_set_variables(params.instruction_set)
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)


def machine() -> str:
    """Processor, cores that this process may use, GPU if there is one."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = os.uname().machine
    parts = [model, f"{len(os.sched_getaffinity(0))} cores"]
    if shutil.which("nvidia-smi"):
        asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False)
        parts += said.stdout.split("\n")[:1] if not said.returncode else []
    return ", ".join(filter(None, parts))


def peer_python(name: str) -> Path:
    """The Python of a peer's own environment, made from peers/NAME.txt if it is not there yet.

    Peers never enter our environment: theirs is .venv-peers/NAME, made anew when the
    requirements change. A first line `# built with: PACKAGES` names what must be there before
    a peer that is compiled by its setup.py.

    Raises:
        subprocess.CalledProcessError: when it can't be installed; pip's error is above.
    """
    requirements = Path(__file__).parent / "peers" / f"{name}.txt"
    folder = PEERS / name
    python, ready = folder / "bin/python", folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not ready.exists() or ready.read_text() != wanted:
        print(f"making {folder} from {requirements}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if tools := built_with(requirements):
            subprocess.run([*pip, *tools], check=True)
            pip.append("--no-build-isolation")
        subprocess.run([*pip, "-r", requirements], check=True)
        ready.write_text(wanted)
    return python


def built_with(requirements: Path) -> list[str]:
    """The packages that the first line of a peer's requirements asks for, if it does."""
    said, _, packages = requirements.read_text().split("\n", 1)[0].partition("built with:")
    return packages.split() if said.startswith("#") else []


def version_of(package: str, python: Path | str = sys.executable) -> str:
    """The version of an installed package, in our environment or in a peer's."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return said.stdout.strip()
