"""The whole pipeline on forty drawn shapes, as a new user would run it."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from phototags.commands.common import PARTIAL
from phototags.io.storage import read_tensors
from tests.presets import merge_presets, read_job

ROOT = Path(__file__).parents[1]
NOISE = """
experiments:
  - {train: shapes, test: [shapes, noise]}
corpora:
  tables: {noise: {photos: 12}}
splits: null # trained again, since training and scoring are one job
"""
UNNAMED = """
experiments:
  - {train: shapes, test: [shapes], systems: [frequency, multihot, im2vec]}
export:
  system: null
"""
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


def snakemake(
    folder: Path, mirror: Path, *words: str, presets: tuple[str, ...] = ("presets/shapes.yaml",)
) -> subprocess.CompletedProcess:
    return run(folder, mirror, "snakemake", "--configfile", *presets, "--cores", "2", *words)


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
    for file in (
        "tables/headline.md",
        "tables/zero_shot.md",
        "tables/splits.md",
        "tables/paired.md",
        "figures/scores.svg",
        "figures/examples.png",
    ):
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


def test_systems_that_learn_from_features_alone_are_scored_on_each_further_split(project):
    tables = project / "results/shapes/tables"
    splits = pd.read_csv(tables / "splits.csv")
    systems = ["frequency", "random", "neighbours", "bilinear", "multihot", "im2vec"]
    systems.append("im2vec-joint")
    assert set(splits.system) == set(systems)
    assert set(splits.groupby("system").seed.unique().map(tuple)) == {("0", "1", "mean")}
    assert ((splits.low <= splits.value) & (splits.value <= splits.high)).all()
    pairs = pd.read_csv(tables / "paired.csv")
    assert len(pairs) == 3 * len(systems) * (len(systems) - 1) / 2
    assert (pairs.adjusted_p >= pairs.p).all()


def test_no_rule_makes_a_split_that_no_param_names(project, tiny_mirror):
    known, other = (
        snakemake(project, tiny_mirror, "--dry-run", f"models/shapes/shapes/split{seed}.parquet")
        for seed in (1, 7)
    )
    assert known.returncode == 0, known.stderr[-2000:]
    assert other.returncode and "MissingRuleException" in other.stdout + other.stderr


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


def write_noise(folder: Path) -> None:
    """Twelve pictures of random pixels, of a user each, that look like no drawn shape."""
    generator = np.random.default_rng(0)
    (folder / "images").mkdir(parents=True)
    rows = ["photo_id\tfile\tuser_id\ttags"]
    for photo in range(12):
        pixels = generator.integers(0, 256, (96, 96, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"images/{photo}.png")
        rows.append(f"noise{photo}\timages/{photo}.png\tother{photo}\tred,circle")
    (folder / "photos.tsv").write_text("\n".join(rows) + "\n")


def count_jobs(done: subprocess.CompletedProcess) -> dict[str, int]:
    """Planned jobs of each rule, from the table that a dry run prints; without rule all."""
    assert done.returncode == 0, done.stderr[-8000:]
    table = re.search(r"^job +count\n[- ]+\n(.*?)^total", done.stdout + done.stderr, re.S | re.M)
    counts = dict(re.findall(r"^(\w+) +(\d+)$", table[1], re.MULTILINE))
    return {rule: int(count) for rule, count in counts.items() if rule != "all"}


def test_another_test_corpus_trains_nothing_again(project, tiny_mirror, tmp_path):
    """Its photos resemble no training photo, so that the training part stays as it is."""
    folder = shutil.copytree(project, tmp_path / "project")
    mirror = shutil.copytree(tiny_mirror, tmp_path / "mirror")
    write_noise(mirror / "noise")
    (folder / "presets/noise.yaml").write_text(NOISE)
    presets = "presets/shapes.yaml", "presets/noise.yaml"
    split = "models/shapes/shapes/split.parquet"
    before = (folder / split).read_bytes()
    # A plan ends at the checkpoint choose_training: run it, then plan what follows.
    planned = count_jobs(snakemake(folder, mirror, "--dry-run", split, presets=presets))
    of_corpus = ["list_photos", "pack_photos", "collect_photos", "split_photos", "embed_photos"]
    expected = dict.fromkeys([*of_corpus, "find_duplicates", "choose_training"], 1)
    assert planned == expected | {"fetch_source": 2}  # photos.tsv and images.tar
    done = snakemake(folder, mirror, split, presets=presets)
    assert done.returncode == 0, done.stderr[-8000:]
    assert (folder / split).read_bytes() == before
    planned = count_jobs(snakemake(folder, mirror, "--dry-run", presets=presets))
    of_corpus = ["clean_tags", "embed_with_tagger", "describe_users", "index_photos"]
    of_scores = ["score_tag_vectors", "summarise_scores", "compare_users", "draw_tag_curves"]
    pages = ["plot_scores", "plot_examples", "write_tables", "write_report", "write_model_card"]
    pages += ["write_manifest"]
    taggers = len(pd.read_csv(folder / "results/shapes/scores.csv")["system"].unique())
    expected = dict.fromkeys([*of_corpus, *of_scores, *pages], 1)
    assert planned == expected | {"score_tagger": taggers}


def test_the_tagger_tags_a_picture_and_names_the_one_it_cannot_read(project, tiny_mirror):
    photo = project / "photo.png"
    broken = project / "broken.png"
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


def test_a_search_for_a_word_that_means_nothing_here_finds_no_match(project, tiny_mirror):
    said = run(
        project, tiny_mirror, "phototags.cli", "search", "parliament", "--model",
        "models/shapes/tagger",
    )  # fmt: skip
    assert said.returncode == PARTIAL and said.stdout == ""
    assert "'parliament' is not a learned tag: no match" in said.stderr


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


def test_where_no_system_is_named_the_one_that_validation_prefers_is_exported(
    project, tiny_mirror, tmp_path
):
    folder = shutil.copytree(project, tmp_path / "project")
    (folder / "presets/unnamed.yaml").write_text(UNNAMED)
    presets, card = ("presets/shapes.yaml", "presets/unnamed.yaml"), "models/shapes/tagger"
    done = snakemake(folder, tiny_mirror, f"{card}/MODEL_CARD.md", presets=presets)
    assert done.returncode == 0, done.stderr[-8000:]
    maps = {}
    for system in ("frequency", "multihot", "im2vec"):
        history = pd.read_csv(folder / f"models/shapes/shapes/{system}/seed0/history.csv")
        maps[system] = history.loc[history["best"], "validation_map"].item()
    best = max(maps, key=maps.get)
    exported = (folder / card / "model.safetensors").read_bytes()
    trained = folder / f"models/shapes/shapes/{best}/seed0/model.safetensors"
    assert exported == trained.read_bytes()
    assert f"System `{best}`" in (folder / card / "MODEL_CARD.md").read_text()
