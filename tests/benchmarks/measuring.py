"""What a piece of work costs: seconds, CPU seconds, memory. Standard library only.

Runs in our environment and in the peers': a peer's script puts its work into functions and ends
with `serve(functions)`; the benchmark starts it once by `Worker` and asks for one run at a time,
so that runs of both sides can take turns.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
"""Environment of a process whose libraries compute in one thread."""


@dataclass(frozen=True)
class Cost:
    """What one run took.

    Args:
        seconds: on the clock.
        cpu_seconds: of the process and the children that it has waited for.
        megabytes: the most memory that the process held meanwhile.
        answer: what the run returned.
    """

    seconds: float
    cpu_seconds: float
    megabytes: float
    answer: object = None


def measured(work: Callable[[], object]) -> Cost:
    """Run `work` once in this process."""
    _forget_peak()
    cpu, start = _cpu_seconds(), time.perf_counter()
    answer = work()
    return Cost(time.perf_counter() - start, _cpu_seconds() - cpu, _peak_megabytes(), answer)


def watched(command: Sequence[str], **options: object) -> Cost:
    """Run a program to its end; its memory is that of all its processes, shared pages shared out.

    Raises:
        subprocess.CalledProcessError: when it fails.
    """
    before, start, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0
    with subprocess.Popen([str(part) for part in command], **options) as process:
        while process.poll() is None:
            peak = max(peak, _memory_of_tree(process.pid))
            time.sleep(0.05)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - start, cpu, peak / 2**20)


class Worker:
    """A process that waits for work, in any environment; used in a `with` block.

    Args:
        command: a Python and a script that ends with `serve`.
        variables: environment variables beside this process' own; None takes one away.
    """

    def __init__(self, command: Sequence[str | Path], variables: Mapping[str, str | None] = {}):
        wanted = os.environ | variables
        self._process = subprocess.Popen(
            [str(part) for part in command],
            env={name: value for name, value in wanted.items() if value is not None},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, task: str, **arguments: object) -> Cost:
        """One run of one of the worker's functions, with arguments that JSON can say.

        Raises:
            RuntimeError: when the worker ended; its stderr tells why.
        """
        print(json.dumps([task, arguments]), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(
                f"{self._process.args} should answer {task!r}, but ended with exit code "
                f"{self._process.wait()}. Its error is above."
            )
        return Cost(**json.loads(line))

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()


def serve(functions: Mapping[str, Callable[..., object]]) -> None:
    """Answer a Worker until it leaves. What the functions print goes to stderr."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        task, arguments = json.loads(line)
        cost = measured(lambda: functions[task](**arguments))  # noqa: B023
        print(json.dumps(asdict(cost)), file=replies, flush=True)


def _cpu_seconds() -> float:
    return sum(os.times()[:4])


def _forget_peak() -> None:
    """Let Linux count the peak anew; elsewhere it stays the whole process' peak."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_megabytes() -> float:
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:", 1)[1].split()[0]) / 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _memory_of_tree(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().split("Pss:", 1)[1]
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return int(lines.split()[0]) * 1024 + sum(_memory_of_tree(int(child)) for child in children)
