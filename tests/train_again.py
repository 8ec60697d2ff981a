"""Trains once more what a run has trained and compares the bytes: on a CPU two runs are the same.

`python -m tests.train_again [PRESET ...] [--only SYSTEM ...]` after `make results RUN=...`, in the
same folder. Ends with an error when a file differs.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from phototags.io.cpu import instruction_set_variables
from phototags.systems.tagger import BACKBONE
from phototags.training.run_inputs import merged
from phototags.workflow.config import Params
from phototags.workflow.plan import make_plan

ROOT = Path(__file__).parents[1]
WRITTEN = ("model.safetensors", "config.json", "history.csv", BACKBONE)


def again(params: Params, files: list[Path], job: tuple[str, str, int]) -> list[str]:
    """The names of the files that came out otherwise.

    Raises:
        RuntimeError: the training failed.
    """
    corpus, system, seed = job
    first = Path("models") / params.run / corpus / system / f"seed{seed}"
    environment = os.environ | instruction_set_variables(params.instruction_set)
    with TemporaryDirectory() as second:
        asked = [
            sys.executable,
            "-m",
            "phototags.training.distributed.parallel",
            system,
            "--train",
            corpus,
        ]
        asked += ["--seed", str(seed), "--to", second, "--params", *map(str, files)]
        environment |= {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(asked)}\n{done.stderr[-2000:]}")
        both = [{file.name: file.read_bytes() for file in of.iterdir() if file.name in WRITTEN}
                for of in (first, Path(second))]  # fmt: skip
        return sorted(dict(both[0].items() ^ both[1].items()))


def jobs(params: Params, only: list[str]) -> Iterator[tuple[str, str, int]]:
    """Corpus, system and seed of every training."""
    for corpus, system in make_plan(params).taggers:
        if not only or system in only:
            yield from ((corpus, system, seed) for seed in params.train.seeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("presets", nargs="*", type=Path, help="files laid over params.yaml")
    parser.add_argument("--only", nargs="+", default=[], metavar="SYSTEM")
    given = parser.parse_args()
    files = [Path("params.yaml"), *given.presets]
    params = merged(files)
    todo, differ = list(jobs(params, given.only)), 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda job: again(params, files, job), todo)
        for job, other in zip(todo, found, strict=True):
            print(*job, f"differs: {', '.join(other)}" if other else "same bytes", flush=True)
            differ += bool(other)
    print(f"{len(todo) - differ} trainings gave the same bytes, {differ} did not")
    sys.exit(bool(differ or not todo))


if __name__ == "__main__":
    main()
