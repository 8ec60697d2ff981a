"""List files in data/ and models/ that no run makes any more, and remove them: `make tidy`.

    python -m phototags.workflow.tidy [--yes]

A run is known by its folder in models/ and its preset. Files of a run without a preset are left,
and so is data/ then, since nobody can say what that run needs.
"""

import argparse
import csv
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from phototags.errors import PhototagsError
from phototags.io.endings import run_command

SHOWN = 20


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 1 where files are left because nobody confirmed."""
    parser = argparse.ArgumentParser(prog="make tidy", description=__doc__.splitlines()[0])
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    yes = parser.parse_args(arguments).yes
    files = find_unnamed(Path())
    if not files:
        print("nothing to tidy: each file in data/ and models/ is named by a run")
        return 0
    size = sum(file.stat().st_size for file in files)
    print(*files[:SHOWN], sep="\n")
    if len(files) > SHOWN:
        print(f"... and {len(files) - SHOWN} more")
    print(f"{len(files)} files, {size / 1e6:,.1f} MB, that no run makes any more")
    if not (yes or confirm()):
        print("nothing was removed; `make tidy YES=1` removes them")
        return 1
    remove(files)
    print("removed")
    return 0


def find_unnamed(root: Path) -> list[Path]:
    """List files below data/ and models/ that no run with a folder in models/ has as an output.

    Raises:
        PhototagsError: a run cannot be planned.
    """
    default = yaml.safe_load((root / "params.yaml").read_text())["run"]
    found = sorted(folder.name for folder in (root / "models").glob("*") if folder.is_dir())
    presets = {run: root / f"presets/{run}.yaml" for run in found}
    runs = [run for run in found if run == default or presets[run].exists()]
    for run in sorted(set(found) - set(runs)):
        print(f"models/{run} is of a run without a preset: it is left, and so is data/")
    named: set[Path] = set()
    for run in {default, *runs}:
        named |= list_outputs(root, None if run == default else presets[run])
    folders = [root / "models" / run for run in runs] + [root / "data"] * (runs == found)
    files = (file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file())
    return [file for file in files if file not in named]


def list_outputs(root: Path, preset: Path | None) -> set[Path]:
    """Outputs of all jobs of a run, whether they exist or not."""
    command = [sys.executable, "-m", "snakemake", "--summary", "--nolock"]
    command += ["--configfile", str(preset.relative_to(root))] if preset else []
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise PhototagsError(f"{preset or 'params.yaml'} cannot be planned:\n{done.stderr[-2000:]}")
    table = csv.DictReader(done.stdout.splitlines(), delimiter="\t")
    return {root / row["output_file"] for row in table}


def confirm() -> bool:
    """Ask on a terminal; elsewhere nobody can answer, which is a no."""
    return sys.stdin.isatty() and input("remove them? [y/N] ").strip().lower() in ("y", "yes")


def remove(files: Iterable[Path]) -> None:
    """Remove files and the folders that they leave empty."""
    for file in files:
        file.unlink()
        for folder in file.parents:
            if folder == Path() or any(folder.iterdir()):
                break
            folder.rmdir()


if __name__ == "__main__":
    sys.exit(run_command(main, "tidy"))
