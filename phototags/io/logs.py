"""A step's log: what it did, and when it fails, why, in words for whoever has to mend it."""

import contextlib
import logging
import sys
import traceback
from pathlib import Path

from phototags.errors import PhototagsError


def configure_logging(path: Path | str) -> None:
    """Send log lines and the reason of a failure to `path`; the reason to stderr as well.

    A PhototagsError is shown as its message alone; anything else is a bug and keeps its
    traceback.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(name)s: %(message)s",
        handlers=[logging.FileHandler(path, mode="w")],
        force=True,
    )

    def say_why(kind, error, trace):
        known = issubclass(kind, PhototagsError)
        reason = (
            f"error: {error}" if known else "".join(traceback.format_exception(kind, error, trace))
        )
        print(reason, file=sys.stderr)
        with contextlib.suppress(OSError), open(path, "a") as log:  # a full disk takes no log
            print(reason, file=log)

    sys.excepthook = say_why
