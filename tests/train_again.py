"""Trains once more what a run has trained and compares the bytes: on a CPU two runs are the same.

`python -m tests.train_again [PRESET ...] [--only SYSTEM ...]` after `make results RUN=...`, in the
same folder: runs the job file of each training. Ends with an error when a file differs.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from phototags.training.job import TrainJob
from phototags.workflow.config import Params
from phototags.workflow.plan import make_plan
from tests.presets import merge_presets, read_job

ROOT = Path(__file__).parents[1]


def train_again(job: TrainJob) -> list[str]:
    """The names of the files that came out otherwise.

    Raises:
        RuntimeError: the training failed.
    """
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "phototags.training.distributed", job.file, "--to", folder]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")
        pairs = zip(job.outputs.values(), job.write_to(folder).outputs.values(), strict=True)
        return [
            Path(first).name
            for first, second in pairs
            if Path(first).read_bytes() != Path(second).read_bytes()
        ]


def list_jobs(params: Params, only: list[str]) -> Iterator[TrainJob]:
    """The job of every training."""
    for corpus, system, seed in make_plan(params).train_jobs:
        if not only or system in only:
            yield read_job(params.run, corpus, system, seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("presets", nargs="*", type=Path, help="files laid over params.yaml")
    parser.add_argument("--only", nargs="+", default=[], metavar="SYSTEM")
    given = parser.parse_args()
    params = merge_presets([Path("params.yaml"), *given.presets])
    jobs, differ = list(list_jobs(params, given.only)), 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for job, other in zip(jobs, pool.map(train_again, jobs), strict=True):
            print(job.folder, f"differs: {', '.join(other)}" if other else "same bytes", flush=True)
            differ += bool(other)
    print(f"{len(jobs) - differ} trainings gave the same bytes, {differ} did not")
    sys.exit(bool(differ or not jobs))


if __name__ == "__main__":
    main()
