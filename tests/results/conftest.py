"""A checkout of this code with one small run, whose results were made by it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from phototags.evaluation.metrics.split_means import compare_systems, summarise_splits
from phototags.evaluation.metrics.summary import COLUMNS, NAMES
from phototags.io.storage import write_csv
from phototags.results.check_results import list_files
from phototags.results.derived import derive
from phototags.results.manifest import load_params, write_manifest
from phototags.workflow.code_hash import hash_code

ROOT = Path(__file__).parents[2]
CODE = ("scripts/train_tagger.py", "scripts/write_tables.py")


def tabulate(system: str, *values: float) -> list[tuple]:
    """Rows of a scores.csv: a seed for each value, and their mean."""
    mean = sum(values) / len(values)
    seeds = [*enumerate(values), ("mean", mean)]
    return [
        ("a", "a", system, str(seed), "exact", metric, k, round(value, 6), 0.1, 0.9, 40, 12)
        for seed, value in seeds
        for metric, k in (
            *(("precision", 1), ("precision", 5), ("recall", 5), ("recall", 10), ("accuracy", 10)),
            *(("miap", 0), ("f1_of_means", 5), ("mean_f1", 5), ("n_plus", 5), ("map", 0)),
        )
    ]


def write_split_tables(run: Path) -> None:
    """splits.csv, tag_frequency.csv and paired.csv of two invented systems on three splits."""
    rng, rows = np.random.default_rng(0), []
    for split in range(3):
        for system in ("frequency", "im2vec"):
            about = {"train": "a", "test": "a", "system": system, "bridge": "exact"}
            about |= {"seed": split, "photos": 40, "tags": 12, "users": 9}
            for (metric, k), band in [*((name, "all") for name in NAMES), (("map", 0), "1-10")]:
                value = rng.uniform(0.3, 0.7)
                row = {"metric": metric, "k": k, "training_photos": band, "value": value}
                rows.append(about | row | {"replicates": rng.normal(value, 0.02, 9)})
    scores = pd.DataFrame(rows)
    tables = *summarise_splits(scores), compare_systems(scores)
    for name, table in zip(("splits", "tag_frequency", "paired"), tables, strict=True):
        write_csv(run / f"tables/{name}.csv", table)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """The code, params and presets of this checkout, and results/pictures of invented scores."""
    skipped = shutil.ignore_patterns("__pycache__", "box", "*.safetensors")
    for name in ("phototags", "scripts", "presets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skipped)
    for name in ("params.yaml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    run = tmp_path / "results/pictures"
    run.mkdir(parents=True)
    rows = tabulate("frequency", 0.2, 0.3, 0.31) + tabulate("im2vec", 0.4, 0.5, 0.7)
    pd.DataFrame(rows, columns=COLUMNS).to_csv(run / "scores.csv", index=False)
    pd.DataFrame(columns=COLUMNS).to_csv(run / "tag_vectors.csv", index=False)
    losses = pd.DataFrame(
        {"train": "a", "system": "im2vec", "seed": 0, "epoch": [0, 1], "loss": [0.5, 0.4]}
    )
    losses.assign(validation_map=[0.2, 0.3]).to_csv(run / "losses.csv", index=False)
    pd.DataFrame({"step": ["decode"], "photos": [3]}).to_csv(run / "drops.csv", index=False)
    write_split_tables(run)
    params = load_params("pictures", tmp_path)
    derive(run, run, params.embed_photos.backbone)
    receipt = tmp_path / "words.txt.receipt.json"
    receipt.write_text(json.dumps({"sha256": "0" * 64}))
    code = {Path(script).stem: hash_code(script, tmp_path) for script in CODE}
    files = [run / name for name in list_files(run)]
    write_manifest(run / "manifest.json", params, code, [receipt], files)
    return tmp_path
