"""The manifest and the status words of `profiles/kubernetes`, without a cluster.

The schema is Kubernetes' own, as kubernetes-validate carries it; conditions are read by the real
`kubectl`, which needs no server for it. What only a cluster can show is in docs/clusters.md.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

PROFILE = Path(__file__).parents[1] / "profiles/kubernetes"
JOB = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "phototags-a1"}}


def run(script: str, *words: str, folder: Path, kubectl: str, **variables: str) -> str:
    """Run a script of the profile with this shell text as its kubectl."""
    program = folder / "kubectl"
    program.write_text(f"#!/bin/sh\n{kubectl}\n")
    program.chmod(0o755)
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    command = ["sh", str(PROFILE / script), *words]
    done = subprocess.run(
        command, env=os.environ | {"PATH": path} | variables, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def manifest(tmp_path) -> dict:
    """What submit.sh sends for a job of 3 cores, 4,000 MB and 90 minutes."""
    said = run(
        "submit.sh", "3", "4000", "90", "job.sh", folder=tmp_path, kubectl="cat",
        PHOTOTAGS_IMAGE="python:3.11", PHOTOTAGS_CLAIM="claim", PHOTOTAGS_MOUNT="/project",
    )  # fmt: skip
    return yaml.safe_load(said)


@pytest.mark.parametrize("version", ["1.28", "1.31", "1.34"])
def test_kubernetes_schema_accepts_the_manifest_and_no_other_key(manifest, version):
    validator = pytest.importorskip("kubernetes_validate", reason="needs kubernetes-validate")
    # Its own names are the server's to give: a name in place of generateName.
    validator.validate(manifest, version, strict=True)
    manifest["spec"]["activeDeadlineSecond"] = 1
    with pytest.raises(validator.ValidationError):
        validator.validate(manifest, version, strict=True)


def test_a_pod_is_ended_after_its_minutes_whether_it_started_or_not(manifest):
    assert manifest["spec"]["activeDeadlineSeconds"] == 90 * 60
    assert manifest["spec"]["backoffLimit"] == 0  # Snakemake tries again, with more memory
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"] == {"memory": "4000M"}
    assert container["command"] == ["/bin/sh", "job.sh"]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, "running"),  # waits for a node, or runs
        ({"Suspended": "False"}, "running"),
        ({"Complete": "True"}, "success"),
        ({"SuccessCriteriaMet": "True", "Complete": "True"}, "success"),  # since 1.31
        ({"SuccessCriteriaMet": "True"}, "running"),  # its pods still end
        ({"Failed": "True"}, "failed"),  # also with the reason DeadlineExceeded
        ({"FailureTarget": "True", "Failed": "True"}, "failed"),
        ({"FailureTarget": "True"}, "running"),
    ],
)
def test_a_job_is_as_its_conditions_say(tmp_path, conditions, expected):
    real = shutil.which("kubectl")
    if not real:
        pytest.skip("needs kubectl, which reads the profile's jsonpath")
    listed = [{"type": kind, "status": status} for kind, status in conditions.items()]
    (tmp_path / "job.yaml").write_text(yaml.safe_dump(JOB | {"status": {"conditions": listed}}))
    # get job NAME --ignore-not-found --output WORDS, of a file: `label --local` asks no server.
    kubectl = f'exec "{real}" label --local --filename "{tmp_path}/job.yaml" a=b --output "$6"'
    assert run("status.sh", "phototags-a1", folder=tmp_path, kubectl=kubectl) == expected


@pytest.mark.parametrize(("kubectl", "expected"), [("exit 1", "running"), ("true", "failed")])
def test_a_job_runs_where_kubernetes_does_not_answer_and_fails_where_it_has_none(
    tmp_path, kubectl, expected
):
    assert run("status.sh", "phototags-a1", folder=tmp_path, kubectl=kubectl) == expected
