"""CPU time of starting and planning, against an older checkout: startup.csv.

`python tests/benchmarks/bench_startup.py --before FOLDER [--quick]`. FOLDER is another checkout of
the repository, compared with this one or that of --after; each holds its own finished default run
(data/, models/, results/, .snakemake/).
Each side works in a temporary copy whose large files are hard links, so neither checkout changes.
Figures are CPU seconds of whole processes and their children:

- `import_cli`: `import phototags.cli`, mean of 10 processes;
- `search_once`: `phototags search WORD` on the run's index, whose photos and scores are compared;
- `small_job`: one job of train_tagger (the baseline `frequency`) as Snakemake starts it, that is
  `snakemake --force MODEL` less the same with --dry-run;
- `plan`: `snakemake --dry-run` of the finished run, which must have nothing to do.
"""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import ROOT, Row, arguments, compare, conclude, take_turns
from measuring import watched

WORD = "flower"
IMPORTS = 10
MODEL = "models/pictures/openclipart/frequency/seed0/model.safetensors"
LINKED = ("data", "models")
COPIED = ("Snakefile", "params.yaml", "phototags", "rules", "scripts", "envs", "profiles")
COPIED += ("requirements.lock", "results/pictures", ".snakemake/metadata", "removals.txt")


class Side:
    """A copy of a checkout and the processes that are measured in it.

    Raises:
        SystemExit: when the checkout lacks a finished default run.
    """

    def __init__(self, checkout: Path, folder: Path):
        if not (checkout / MODEL).exists():
            sys.exit(f"{checkout} should hold a finished default run, but {MODEL} is missing")
        for name in (*LINKED, *COPIED):
            source, to = checkout / name, folder / name
            to.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                copy = link_or_copy if name in LINKED else shutil.copy2
                shutil.copytree(source, to, copy_function=copy)
            elif source.exists():
                shutil.copy2(source, to)
        self.folder = folder

    def run(self, *command: str, output: Path | None = None) -> float:
        """CPU seconds of `python COMMAND` in the copy; what it prints goes to a file, if given."""
        env = {**os.environ, "PYTHONPATH": str(self.folder)}
        with open(output or os.devnull, "wb") as out:
            options = {"cwd": self.folder, "env": env, "stdout": out, "stderr": subprocess.STDOUT}
            return watched([sys.executable, *command], **options).cpu_seconds

    def import_cli(self) -> float:
        return sum(self.run("-c", "import phototags.cli") for _ in range(IMPORTS)) / IMPORTS

    def search_once(self) -> float:
        command = ("-m", "phototags.cli", "search", WORD, "--model", "models/pictures/tagger")
        return self.run(*command, output=self.folder / "found.txt")

    def plan(self, *what: str) -> float:
        return self.run("-m", "snakemake", "--dry-run", *what, output=self.folder / "plan.txt")

    def small_job(self) -> float:
        force = ("--cores", "1", "--force", MODEL)
        return self.run("-m", "snakemake", *force) - self.plan(*force)


def link_or_copy(source: str, to: str) -> None:
    """Hard-link a file, which no job writes into (they replace files), or copy it."""
    try:
        os.link(source, to)
    except OSError:
        shutil.copy2(source, to)


def check_equal(ours: Side, theirs: Side) -> None:
    """Both sides find the same photos with the same scores; else exit with an error."""
    found = [(side.folder / "found.txt").read_text() for side in (ours, theirs)]
    if found[0] != found[1]:
        sys.exit(f"both sides should find the same photos for {WORD!r}, but:\n{''.join(found)}")


def check_finished(side: Side, checkout: Path) -> None:
    """The default run is finished, so that planning it means the same; else exit with an error."""
    side.plan()
    if "Nothing to be done" not in (said := (side.folder / "plan.txt").read_text()):
        sys.exit(f"{checkout} should hold a finished default run, but:\n{said[-2000:]}")


def main() -> None:
    args = arguments(__doc__, before=None, after=ROOT)
    if args.before is None:
        print("startup: left out, since it needs an older checkout: --before FOLDER")
        return
    about = ["git", "-C", str(args.before), "rev-parse", "--short", "HEAD"]
    version = subprocess.run(about, capture_output=True, text=True, check=True).stdout.strip()
    with ExitStack() as stack:
        sides = []
        (ROOT / "tmp").mkdir(exist_ok=True)
        for checkout in (args.after.resolve(), args.before.resolve()):
            folder = stack.enter_context(TemporaryDirectory(dir=ROOT / "tmp"))
            sides.append(Side(checkout, Path(folder)))
            check_finished(sides[-1], checkout)
        rows: list[Row] = []
        for case in ("import_cli", "search_once", "plan", "small_job"):
            pairs = take_turns(*(getattr(side, case) for side in sides), args.pairs)
            rows.append(compare(case, "before", version, "CPU s", pairs, better="less"))
        check_equal(*sides)
    conclude("startup", rows, args.quick)


if __name__ == "__main__":
    main()
