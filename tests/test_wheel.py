"""An sdist and a wheel are built, hold what phototags needs, and start in an empty environment."""

import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the sdist of the checkout, and the wheel that is made of the sdist alone."""
    source, to = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    unpacked = tmp_path_factory.mktemp("unpacked")
    shutil.copytree(
        ROOT / "phototags", source / "phototags", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build(source, f"build_sdist({str(to)!r})")
    [sdist] = to.glob("*.tar.gz")
    with tarfile.open(sdist) as tar:
        tar.extractall(unpacked, filter="data")
    [folder] = unpacked.iterdir()
    build(folder, f"build_wheel({str(to)!r})")
    return to


def build(folder: Path, call: str) -> None:
    """Run one call of setuptools' interface for builders in a folder."""
    code = f"from setuptools import build_meta; build_meta.{call}"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def empty(built, tmp_path_factory) -> Path:
    """The programs of an environment with the wheel and without any package that it needs."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    [wheel] = built.glob("*.whl")
    pip = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", wheel], check=True, env={})
    return folder / "bin"


def start(empty: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess:
    command = [empty / "phototags", *arguments]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True)


def test_the_wheel_holds_each_module_the_templates_and_the_tagger_in_the_box(built):
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        inside = {name for name in content.namelist() if name.startswith("phototags/")}
    files = [path for path in (ROOT / "phototags").rglob("*") if path.is_file()]
    wanted = {
        path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts
    }
    assert inside == wanted
    assert "phototags/box/tagger/model.safetensors" in inside


def test_help_and_version_need_no_other_package(empty, tmp_path):
    found = start(empty, "--help", folder=tmp_path)
    assert found.returncode == 0 and "phototags tag boat.png" in found.stdout
    assert start(empty, "--version", folder=tmp_path).stdout.startswith("phototags ")


@pytest.mark.parametrize("command", [["tag", "boat.jpg"], ["search", "cat"], ["near", "cat"]])
def test_a_command_says_what_is_missing(empty, tmp_path, command):
    found = start(empty, *command, folder=tmp_path)
    assert found.returncode == 2 and "Traceback" not in found.stderr
    assert "phototags: error: " in found.stderr


def test_tagging_without_packages_names_one_and_how_to_get_it(empty, tmp_path):
    error = start(empty, "tag", "boat.jpg", folder=tmp_path).stderr
    assert "needs the Python package " in error and "pip install phototags" in error
