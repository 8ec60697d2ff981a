"""What is pinned, where, and that it says nothing of the machine it was pinned on."""

import re
from importlib.metadata import version
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()


def test_the_lock_names_no_host():
    assert not re.search(r"https?://|--index|--find-links|file:", LOCK)


def test_this_environment_is_the_locked_one():
    for name in ("snakemake", "dvc", "torch", "torchvision", "pandas", "pyyaml", "pydantic"):
        assert re.search(rf"^{name}=={re.escape(version(name))}\b", LOCK, re.M), name


def test_the_conda_environment_has_the_locks_versions():
    for path in (ROOT / "envs").glob("*.yaml"):
        *_, pip = yaml.safe_load(path.read_text())["dependencies"]
        for pin in pip["pip"]:
            assert re.search(rf"^{re.escape(pin)}(\s|$)", LOCK, re.M), (
                f"{path}: {pin}; run make lock"
            )
