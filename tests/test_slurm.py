"""A small run on a real SLURM node, through the real executor plugin and `profiles/slurm`.

Skipped where Debian's packages or the plugin are missing. PHOTOTAGS_SLURM_TARGET, which
`make slurm-test` sets, names what is made: up to the split where it is empty, `all` for the whole
preset. Where it is not set, nothing is made to fail.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from tests.slurm import SlurmNode, find_missing, wait_until

ROOT = Path(__file__).parents[1]
PARTS = ["Snakefile", "params.yaml", "rules", "scripts", "phototags", "presets", "profiles", "envs"]
SPLIT = "data/corpora/shapes/split.parquet"
TARGET = os.environ.get("PHOTOTAGS_SLURM_TARGET") or SPLIT
OUTPUTS = ("data", "models", "results")
# What a test must not wait for. The node has two CPUs for a group of jobs.
QUICK = ["--cores", "2", "--slurm-init-seconds-before-status-checks", "5", "--latency-wait", "5"]
QUICK += ["--seconds-between-status-checks", "2"]

if missing := find_missing():
    pytest.skip(
        f"needs {', '.join(missing)}: apt-get install munge slurmctld slurmd slurm-client",
        allow_module_level=True,
    )
if not importlib.util.find_spec("snakemake_executor_plugin_slurm"):
    pytest.skip('needs the SLURM executor: pip install "phototags[slurm]"', allow_module_level=True)
of_failures = pytest.mark.skipif(
    "PHOTOTAGS_SLURM_TARGET" not in os.environ, reason="takes minutes: make slurm-test"
)


class Cluster:
    """A copy of the project, and the node that runs its jobs."""

    def __init__(self, node: SlurmNode, project: Path, mirror: Path):
        self.node, self.project = node, project
        self.environment = node.environment | {
            "PHOTOTAGS_MIRROR": str(mirror), "PYTHONPATH": str(project),
        }  # fmt: skip

    def run(self, *words: str, target: str = SPLIT) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "snakemake", "--configfile", "presets/shapes.yaml"]
        return subprocess.run(
            [*command, *words, "--", target],
            cwd=self.project,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=3600,
        )

    def submit(self, *words: str, target: str = SPLIT) -> subprocess.CompletedProcess:
        return self.run("--workflow-profile", "profiles/slurm", *QUICK, *words, target=target)

    def jobs(self) -> list[list[str]]:
        """Id, state, memory and rule of every job so far, in the order of submission."""
        said = self.node.ask("squeue", "--states=all", "--noheader", "--format=%i|%T|%m|%k")
        return sorted((line.split("|") for line in said.splitlines()), key=lambda job: int(job[0]))

    def jobs_since(self, before: list[list[str]]) -> list[list[str]]:
        return self.jobs()[len(before) :]


@pytest.fixture(scope="module")
def cluster(tiny_mirror):
    """The node of this module, after one run of TARGET; `first` is what Snakemake said."""
    with tempfile.TemporaryDirectory(prefix="slurm") as folder:  # short, for sockets
        project = copy_project(Path(folder) / "project")
        (Path(folder) / "node").mkdir()
        with SlurmNode(Path(folder) / "node") as node:
            cluster = Cluster(node, project, tiny_mirror)
            cluster.first = cluster.submit(target=TARGET)
            assert cluster.first.returncode == 0, cluster.first.stderr[-8000:]
            yield cluster


def copy_project(project: Path) -> Path:
    project.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, project / part)
    return project


def read_outputs(project: Path) -> dict[str, bytes]:
    files = [file for part in OUTPUTS for file in (project / part).rglob("*") if file.is_file()]
    return {str(file.relative_to(project)): file.read_bytes() for file in files}


def test_every_job_ran_on_the_node_and_gave_the_bytes_of_a_local_run(cluster, tmp_path):
    local = Cluster(cluster.node, copy_project(tmp_path / "local"), None)
    local.environment |= {"PHOTOTAGS_MIRROR": cluster.environment["PHOTOTAGS_MIRROR"]}
    done = local.run("--cores", "2", target=TARGET)
    assert done.returncode == 0, done.stderr[-8000:]
    expected, found = read_outputs(local.project), read_outputs(cluster.project)
    assert len(expected) > 10 and found.keys() == expected.keys()
    assert not [name for name, content in expected.items() if found[name] != content]
    jobs = cluster.jobs()
    assert {state for _, state, _, _ in jobs} == {"COMPLETED"}


def test_the_shards_of_a_corpus_wait_in_the_queue_once(cluster):
    packed = [job for job in cluster.jobs() if "pack_photos" in job[3]]
    assert [memory for _, _, memory, _ in packed] == ["4000M"]  # two shards of 2,000 MB
    assert cluster.first.stderr.count(": Packing shard") == 2


@of_failures
def test_a_failed_jobs_error_is_on_the_screen_and_the_next_run_goes_on(cluster):
    photos = cluster.project / "data/corpora/shapes/photos.parquet"
    content = photos.read_bytes()
    photos.write_bytes(b"no parquet")
    before = cluster.jobs()
    done = cluster.submit("--retries", "1")
    assert done.returncode != 0
    assert "Traceback" in done.stderr and "split_photos.py" in done.stderr
    tried = cluster.jobs_since(before)
    assert [memory for _, _, memory, _ in tried] == ["2000M", "4000M"]  # twice the memory
    photos.write_bytes(content)
    assert cluster.submit().returncode == 0


@of_failures
def test_a_job_that_needs_more_memory_than_it_asked_for_gets_it(cluster):
    memory = "split_photos:mem_mb=100 * 20 ** (attempt - 1)"
    before = cluster.jobs()
    done = cluster.submit("--set-resources", memory, "--forcerun", "split_photos")
    assert done.returncode == 0, done.stderr[-8000:]
    (_, first, asked, _), (_, second, then_asked, _) = cluster.jobs_since(before)
    assert (asked, then_asked, second) == ("100M", "2000M", "COMPLETED") and first != "COMPLETED"


@of_failures
def test_a_cancelled_job_runs_again(cluster):
    before = cluster.jobs()

    def cancel():
        wait_until(lambda: cluster.jobs_since(before), "a job", 120)
        cluster.node.ask("scancel", cluster.jobs_since(before)[0][0])

    canceller = threading.Thread(target=cancel)
    canceller.start()
    done = cluster.submit("--forcerun", "split_photos")
    canceller.join()
    assert done.returncode == 0, done.stderr[-8000:]
    assert [state for _, state, _, _ in cluster.jobs_since(before)] == ["CANCELLED", "COMPLETED"]


@of_failures
def test_a_run_ends_well_whose_node_goes_down_and_comes_back(cluster):
    """SLURM gives the job to the node again, or finds it where it left it."""
    before, node = cluster.jobs(), cluster.node
    states = []

    def lose_node():
        wait_until(lambda: cluster.jobs_since(before), "a job", 120)
        node.kill("slurmd")
        wait_until(lambda: "down" in node.read_state(), "a lost node", 120)
        states.append(node.read_state())
        node.start("slurmd", "-D")

    loser = threading.Thread(target=lose_node)
    loser.start()
    done = cluster.submit("--forcerun", "split_photos")
    loser.join()
    assert done.returncode == 0, done.stderr[-8000:]
    assert len(states) == 1
    assert cluster.jobs()[-1][1] == "COMPLETED" and len(cluster.jobs_since(before)) > 0
