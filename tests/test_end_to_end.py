"""The whole pipeline on forty drawn shapes, as a new user would run it."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from phototags.io.storage import read_tensors
from tests.presets import merge_presets, read_job

ROOT = Path(__file__).parents[1]
PARTS = ["Snakefile", "params.yaml", "rules", "scripts", "phototags", "presets", "profiles", "envs"]


def run(folder: Path, mirror: Path, *words: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PHOTOTAGS_MIRROR": str(mirror), "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        text=True,
        capture_output=True,
        timeout=1800,  # ends a run that hangs, whatever the machine
    )


def snakemake(folder: Path, mirror: Path, *words: str) -> subprocess.CompletedProcess:
    return run(
        folder, mirror, "snakemake", "--configfile", "presets/shapes.yaml", "--cores", "2", *words
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory, tiny_mirror) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    done = snakemake(folder, tiny_mirror)
    assert done.returncode == 0, done.stderr[-8000:]
    return folder


def test_it_leaves_scores_tables_figures_and_a_page(project):
    results = project / "results/shapes"
    scores = pd.read_csv(results / "scores.csv")
    assert set(scores.system) >= {"frequency", "random", "neighbours", "multihot", "im2vec"}
    assert set(scores.seed.astype(str)) == {"0", "mean"}
    assert ((scores.low <= scores.value) & (scores.value <= scores.high)).mean() > 0.9
    for file in ("tables/headline.md", "figures/scores.svg", "figures/examples.png"):
        assert (results / file).stat().st_size > 100, file
    page = (results / "report.html").read_text()
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl", "")


def test_near_duplicates_of_test_photos_are_not_learned_from_and_bound_the_scores(project):
    drops = pd.read_csv(project / "results/shapes/drops.csv").set_index("step")
    assert drops.loc["find_duplicates", "reason"] == "near_duplicate"  # colours of one shape
    learned = pd.read_parquet(project / "models/shapes/shapes/split.parquet")
    assert (learned["part"] == "removed").sum() == drops.loc["find_duplicates", "photos"]
    scores = pd.read_csv(project / "results/shapes/scores.csv")
    cells = scores.set_index(["system", "seed", "bridge", "k", "metric"])["value"].unstack()
    for metric in ("precision", "recall", "accuracy", "miap", "map"):
        bounded = cells.dropna(subset=f"{metric}_lower_bound")
        assert len(bounded), metric
        assert (bounded[f"{metric}_lower_bound"] <= bounded[metric]).all(), metric


def test_the_history_of_test_users_is_not_scored_and_what_the_user_gains_is_told(project):
    drops = pd.read_csv(project / "results/shapes/drops.csv").set_index("reason")
    split = pd.read_parquet(project / "data/corpora/shapes/split.parquet")
    history = 2 * (split["part"] == "test").sum() // 5  # two of each user's five photos
    assert drops.loc["history_of_user", "photos"] == history
    assert "user-biased" in (project / "results/shapes/tables/users_shapes.md").read_text()


def test_a_system_starts_from_the_tagger_that_it_names_and_learns_from_few_photos(project):
    models = project / "models/shapes/shapes"
    source, started = (
        read_tensors(models / system / "seed0/model.safetensors")[0]
        for system in ("im2vec", "started")
    )
    assert started["head.2.weight"].equal(source["head.2.weight"])
    photos = json.loads((models / "started/seed0/config.json").read_text())["photos"]
    assert photos["train"] == 9


def test_a_training_outside_the_workflow_reads_what_its_rule_reads(
    project, tiny_mirror, monkeypatch
):
    said = snakemake(project, tiny_mirror, "--detailed-summary").stdout.splitlines()
    read = {
        row["output_file"]: set(row["input-file(s)"].split(","))
        for row in csv.DictReader(said, delimiter="\t")
    }
    monkeypatch.chdir(project)
    for system in merge_presets([Path("params.yaml"), Path("presets/shapes.yaml")]).train.systems:
        job = read_job("shapes", "shapes", system, 0)
        assert set(job.list_inputs()) == read[job.outputs["model"]], system


def test_by_its_job_file_a_training_gives_the_same_bytes_outside_the_workflow(project, tiny_mirror):
    job = project / "checkpoints/models/shapes/shapes/im2vec/seed0/job.json"
    done = run(project, tiny_mirror, "phototags.training.distributed", str(job), "--to", "again")
    assert done.returncode == 0, done.stderr
    for file in ("model.safetensors", "config.json", "history.csv"):
        own = (project / "models/shapes/shapes/im2vec/seed0" / file).read_bytes()
        assert (project / "again" / file).read_bytes() == own


def test_there_is_nothing_left_to_do(project, tiny_mirror):
    again = snakemake(project, tiny_mirror, "--dry-run")
    assert "Nothing to be done" in again.stdout + again.stderr


def test_the_tagger_tags_a_picture_and_names_the_one_it_cannot_read(project, tiny_mirror):
    photo = project / "photo.png"
    broken = project / "broken.png"
    from PIL import Image

    Image.new("RGB", (64, 64), "red").save(photo)
    broken.write_bytes(photo.read_bytes()[:60])
    done = run(
        project,
        tiny_mirror,
        "phototags.cli",
        "tag",
        str(photo),
        str(broken),
        "--json",
        "--model",
        "models/shapes/tagger",
    )
    assert done.returncode == 1
    assert "broken.png" in done.stderr
    assert json.loads(done.stdout.splitlines()[0])["tags"]


def test_a_tagger_with_a_backbone_of_its_own_is_scored_exported_and_used(project, tiny_mirror):
    scores = pd.read_csv(project / "results/shapes/scores.csv")
    assert "im2vec-whole" in set(scores.system)
    folder = shutil.copytree(project, project.parent / "whole")
    other = "export={train: shapes, system: im2vec-whole, seed: 0}"
    made = ["models/shapes/tagger/MODEL_CARD.md", "models/shapes/index/shapes.parquet"]
    done = snakemake(folder, tiny_mirror, *made, "--config", other)
    assert done.returncode == 0, done.stderr[-8000:]
    own, carried = (
        (folder / f"models/shapes/{of}/backbone.safetensors").read_bytes()
        for of in ("shapes/im2vec-whole/seed0", "tagger")
    )
    assert own == carried
    model, figure = ["--model", "models/shapes/tagger"], "results/shapes/figures/examples.png"
    for command in (["tag", figure], ["search", "red"]):
        said = run(folder, tiny_mirror, "phototags.cli", *command, *model)
        assert said.returncode == 0 and said.stdout, said.stderr


def test_every_misspelt_key_stops_the_run_before_it_starts(project, tiny_mirror):
    done = snakemake(project, tiny_mirror, "--dry-run", "--config", "vocabluary={}")
    assert done.returncode != 0
    assert "vocabluary" in done.stdout + done.stderr
