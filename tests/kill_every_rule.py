"""Run the workflow, killing it (-9) once in the middle of a job of every rule, until it is done.

    python tests/kill_every_rule.py BENCHMARKS [SNAKEMAKE ARGUMENTS]

BENCHMARKS holds the times of an undisturbed run: of a job that takes S seconds, the moment of the
kill is drawn from 0 to S. Whoever calls this then compares what is there with that other run.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

STARTED = re.compile(r"^(?:local)?rule (\w+):$")


def seconds(benchmarks: Path) -> dict[str, float]:
    """How long a job of each rule takes."""
    rules = {path.name: path.rglob("*.tsv") for path in benchmarks.iterdir()}
    return {
        rule: pd.concat(pd.read_csv(file, sep="\t") for file in files)["s"].mean()
        for rule, files in rules.items()
    }


def kill_in(untouched: set[str], durations: dict[str, float], arguments: list[str]) -> str | None:
    """Kill all of a run's processes in the first job of a rule that was not killed yet.

    Returns:
        the rule; None when the run came to its end.
    """
    run = subprocess.Popen(
        ["snakemake", "--cores", "1", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    said = []
    for line in run.stderr:
        said.append(line)
        started = STARTED.match(line)
        if started and started[1] in untouched:
            time.sleep(random.uniform(0, durations[started[1]]))
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            return started[1]
    if run.wait():
        sys.exit("".join(said[-60:]) + "\nFAIL the run should go on after a kill")
    return None


def main(benchmarks: str, *arguments: str) -> None:
    """Go on until every rule was killed and the run is done."""
    random.seed(0)
    durations = seconds(Path(benchmarks))
    untouched = set(durations)
    while killed := kill_in(untouched, durations, list(arguments)):
        untouched.discard(killed)
        subprocess.run(["snakemake", "--unlock", *arguments], check=True, capture_output=True)
        print(f"killed {killed}", flush=True)
    if untouched:
        sys.exit(f"FAIL no job of {', '.join(sorted(untouched))} was seen")


if __name__ == "__main__":
    main(*sys.argv[1:])
