"""A kubectl for tests, that runs each Job's command here: `create`, `get job NAME`."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

JOBS = Path(__file__).with_suffix(".jobs")


def create() -> str:
    job = yaml.safe_load(sys.stdin)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    JOBS.mkdir(exist_ok=True)
    name = f"{job['metadata']['generateName']}{len(list(JOBS.glob('*.json')))}"
    (JOBS / f"{name}.json").write_text(json.dumps(container))
    ended = 'end=$1; shift; "$@"; echo $? > "$end"'
    command = ["/bin/sh", "-c", ended, "sh", JOBS / f"{name}.end", *container["command"]]
    with open(JOBS / f"{name}.log", "w") as log:
        subprocess.Popen(command, cwd=container["workingDir"], stdout=log, stderr=log)
    return name


def status(name: str) -> str:
    """Name and conditions of a job, as status.sh asks for them; empty for one that is not there."""
    if not (JOBS / f"{name}.json").exists():
        return ""
    end = JOBS / f"{name}.end"
    code = end.read_text().strip() if end.exists() else ""
    return f"{name}:" + {"": "", "0": "Complete"}.get(code, "Failed")


if __name__ == "__main__":
    print(create() if sys.argv[1] == "create" else status(sys.argv[3]))
