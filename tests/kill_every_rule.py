"""Run the workflow, killing it (-9) once in the middle of a job of every rule, until it is done.

    python tests/kill_every_rule.py BENCHMARKS [SNAKEMAKE ARGUMENTS]

BENCHMARKS, the folder that an undisturbed run has left, names the rules. A job writes to its log
when its imports are done and its work begins: the kill comes within the next half second. Whoever
calls this then compares what is there with that other run. (`--nolock` only spares the time of
`snakemake --unlock` after each kill.)
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

LOGS = Path("logs")


def begun(since: float) -> set[str]:
    """The rules with a log that was started after that time."""
    logs = (path for path in LOGS.rglob("*.log") if path.stat().st_mtime > since)
    return {path.relative_to(LOGS).parts[0] for path in logs}


def kill_in(untouched: set[str], arguments: list[str], chance: random.Random) -> set[str]:
    """Kill all of a run's processes in the first job of a rule that was not killed yet.

    Returns:
        the rule, and others that began meanwhile; none when the run came to its end.
    """
    start = time.time()
    with open("kills.log", "w") as said:
        run = subprocess.Popen(
            ["snakemake", "--cores", "2", "--nolock", *arguments],
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    while run.poll() is None:
        if begun(start) & untouched:
            time.sleep(chance.uniform(0, 0.5))
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            return begun(start) & untouched
        time.sleep(0.02)
    if run.returncode:
        sys.exit(Path("kills.log").read_text()[-4000:] + "\nFAIL: it should go on after a kill")
    return set()


def main(benchmarks: str, *arguments: str) -> None:
    """Go on until every rule was killed and the run is done."""
    untouched, chance = {path.name for path in Path(benchmarks).iterdir()}, random.Random(0)
    while killed := kill_in(untouched, list(arguments), chance):
        untouched -= killed
        print("killed", *sorted(killed), flush=True)
    Path("kills.log").unlink()
    if untouched:
        sys.exit(f"FAIL: no job of {', '.join(sorted(untouched))} was seen")


if __name__ == "__main__":
    main(*sys.argv[1:])
