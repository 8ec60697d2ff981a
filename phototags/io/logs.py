"""Logging of one workflow step: what it did and, when it fails, why."""

import contextlib
import logging
import sys
import traceback
from pathlib import Path
from typing import Any

from phototags.errors import PhototagsError


def start_job(job: Any) -> Any:
    """Send a job's log lines and the reason of a failure to its log; the reason to stderr as well.

    A PhototagsError is shown as its message alone, any other exception with its traceback.

    Args:
        job: the object `snakemake` of a rule's script, which is returned.
    """
    path = job.log[0]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(name)s: %(message)s",
        handlers=[logging.FileHandler(path, mode="w")],
        force=True,
    )

    def report_failure(kind, error, trace):
        text = f"error: {error}"
        if not issubclass(kind, PhototagsError):
            text = "".join(traceback.format_exception(kind, error, trace))
        print(text, file=sys.stderr)
        with contextlib.suppress(OSError), open(path, "a") as log:  # the disk may be full
            print(text, file=log)

    sys.excepthook = report_failure
    return job
