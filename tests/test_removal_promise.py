"""Removals through Snakemake and DVC: no run without the file, unmatched lines said, no traces."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from phototags.photos.photo_table import read_photos
from phototags.photos.removals import read_removals
from phototags.workflow.removal_traces import find_traces

ROOT = Path(__file__).parents[1]
PARTS = ["Snakefile", "params.yaml", "rules", "scripts", "phototags", "presets", "profiles", "envs"]
PHOTOS = "data/corpora/shapes/photos.parquet"


class Project:
    """A copy of the project that plans the drawn shapes."""

    def __init__(self, folder: Path, mirror: Path):
        self.folder, self.mirror = folder, mirror
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)

    def run(self, *words: str) -> subprocess.CompletedProcess:
        environment = os.environ | {
            "PHOTOTAGS_MIRROR": str(self.mirror),
            "PYTHONPATH": str(self.folder),
        }
        return subprocess.run(
            [sys.executable, "-m", *words], cwd=self.folder, env=environment, text=True,
            capture_output=True, timeout=1800,
        )  # fmt: skip

    def collect(self, *words: str) -> subprocess.CompletedProcess:
        command = ["snakemake", PHOTOS, "--cores", "1", "--configfile", "presets/shapes.yaml"]
        return self.run(*command, *words)

    def request(self, *lines: str) -> None:
        (self.folder / "removals.txt").write_text("".join(f"{line}\n" for line in lines))


@pytest.fixture(scope="module")
def project(tmp_path_factory, tiny_mirror):
    """Collected once, with one line that names a photo and two that name none."""
    project = Project(tmp_path_factory.mktemp("project"), tiny_mirror)
    project.request("# a comment", "shapes/shape12", "shapes/shape99", "p7\x1b[31m")
    project.done = project.collect()
    assert project.done.returncode == 0, project.done.stderr[-4000:]
    return project


def test_lines_that_name_no_photo_are_counted_and_printed(project):
    said = project.done.stderr
    assert "2 of 3 lines of removals.txt name no photo of shapes:" in said
    assert "  shapes/shape99\n  p7\\x1b[31m\n" in said and "shape12" not in said
    assert len(read_photos(project.folder / PHOTOS)) == 39


def test_a_run_with_nothing_to_do_says_so_again_and_stops_without_the_file(project):
    again = project.collect()
    assert "Nothing to be done" in again.stdout + again.stderr
    assert "2 of 3 lines of removals.txt name no photo" in again.stderr
    named = project.collect("--config", "corpora={removals: requests/nowhere.txt}")
    assert named.returncode != 0
    assert "requests/nowhere.txt, named by corpora.removals" in named.stdout + named.stderr


def test_phototags_removed_says_what_became_of_each_line(project):
    said = project.run("phototags.cli", "removed")
    assert said.returncode == 1, said.stderr
    assert said.stdout.splitlines() == [
        "shapes/shape12: removed, 1 photo",
        "shapes/shape99: names no photo",
        "p7\\x1b[31m: names no photo",
        "3 lines, 0 with traces in files",
    ]
    project.request("shapes/shape12", "shapes/shape13")
    said = project.run("phototags.cli", "removed")
    assert said.returncode == 1
    assert "shapes/shape13: still in data/corpora/shapes/listing.parquet" in said.stdout
    assert project.collect().returncode == 0
    said = project.run("phototags.cli", "removed")
    assert (said.returncode, said.stdout.splitlines()) == (0, [
        "shapes/shape12: removed, 1 photo",
        "shapes/shape13: removed, 1 photo",
        "2 lines, 0 with traces in files",
    ])  # fmt: skip


def test_dvc_tracks_the_file_and_git_has_it():
    (stage,) = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values()
    assert "removals.txt" in stage["deps"]
    assert read_removals([ROOT / "removals.txt"]).lines == ()
    ignored = subprocess.run(["git", "check-ignore", "removals.txt"], cwd=ROOT, check=False)
    assert ignored.returncode == 1


def test_traces_are_found_in_each_kind_of_file(project, tmp_path):
    """Beside the tables of the run: journals of downloads, features by row, pages by address."""
    import torch

    from phototags.io.storage import write_tensors
    from tests.download.test_resume import make_record

    folder = tmp_path / "data/corpora/shapes"
    folder.mkdir(parents=True)
    drops = "step\tphoto_id\treason\tdetail\nlist_photos\t\tremoved\trow 12\n"
    (folder / "listing.drops.tsv").write_text(drops)
    url, digest = "https://example.org/photo/7", "ab" * 32
    removals = read_removals([])
    assert find_traces(removals, tmp_path) == {}
    features = tmp_path / "data/features/net/shapes/00000.safetensors"
    write_tensors(features, {"rows": torch.tensor([11, 12]), "features": torch.ones(2, 3)})
    journal = tmp_path / "data/downloads/shapes/00000/journal.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_bytes(make_record(url=url, file="1.kept", offset=0).to_line())
    page = tmp_path / "results/run/report.html"
    page.parent.mkdir(parents=True)
    page.write_text('<a href="https://www.example.org/photo/7/">')
    (tmp_path / "removals.txt").write_text(f"{url}\n{digest}\n")
    found = find_traces(read_removals([tmp_path / "removals.txt"]), tmp_path)
    assert {line: list(map(str, paths)) for line, paths in found.items()} == {
        "": ["data/features/net/shapes/00000.safetensors"],
        url: ["data/downloads/shapes/00000/journal.jsonl", "results/run/report.html"],
    }
    lines = json.loads(journal.read_bytes()) | {"url": "https://example.org/8", "final_url": "x"}
    journal.write_text(json.dumps(lines) + "\n")
    found = find_traces(read_removals([tmp_path / "removals.txt"]), tmp_path)
    assert list(map(str, found[digest])) == ["data/downloads/shapes/00000/journal.jsonl"]
