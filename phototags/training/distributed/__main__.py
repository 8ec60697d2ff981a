"""Train by a job file of the workflow, in one process or in those that torchrun starts.

    torchrun --nproc-per-node 2 -m phototags.training.distributed JOB.json [--to FOLDER]

The workflow writes the job file into checkpoints/ when the training starts, and starts this
command itself where train.compute.processes is above 1.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from phototags.errors import PhototagsError
from phototags.io.cpu import instruction_set_variables
from phototags.training.job import TrainJob


def main() -> None:
    """Read the job, choose its processor instructions before torch is imported, and train."""
    parser = argparse.ArgumentParser(
        prog="python -m phototags.training.distributed", description=__doc__.splitlines()[0]
    )
    parser.add_argument("job", type=Path, metavar="JOB.json")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write the tagger there instead")
    given = parser.parse_args()
    first = os.environ.get("RANK", "0") == "0"
    logging.basicConfig(level=logging.INFO if first else logging.ERROR)
    try:
        job = TrainJob.read(given.job)
        job.refuse_missing_inputs()
        os.environ.update(instruction_set_variables(job.params["instruction_set"]))
        from phototags.training.distributed.run_part import run_part

        run_part(job.write_to(given.to) if given.to else job)
    except PhototagsError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
