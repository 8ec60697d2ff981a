"""End a command with an exit code and without a traceback, whatever becomes of its output."""

import contextlib
import os
import sys
from collections.abc import Callable

from phototags.errors import PhototagsError
from phototags.io.escapes import show

SUCCESS, FAILURE, INTERRUPTED = 0, 2, 130


def run_command(command: Callable[[], int], program: str = "phototags") -> int:
    """Run a command; a reader that stops reading, perhaps `head`, ends it quietly.

    Args:
        program: named before an error, which is printed in a line.

    Returns:
        its exit code; `FAILURE` for an error of a user or of the disk.
    """
    if sys.stdout is None:  # closed by whoever started this process
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    try:
        exit_code = command()
        sys.stdout.flush()  # while an error of the disk or the reader can still be told
        return exit_code
    except PhototagsError as error:
        return _report(error, program)
    except BrokenPipeError:
        _discard_output()
        return SUCCESS
    except OSError as error:
        _discard_output()
        return _report(error, program)
    except KeyboardInterrupt:
        return INTERRUPTED


def _report(error: Exception, program: str) -> int:
    with contextlib.suppress(OSError):
        print(f"{program}: error: {show(error)}", file=sys.stderr)
    return FAILURE


def _discard_output() -> None:
    """Lead what is still to be written nowhere: Python would complain about it at its end."""
    with contextlib.suppress(OSError, ValueError):  # ValueError: a stream without a descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
