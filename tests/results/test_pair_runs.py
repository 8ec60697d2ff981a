"""Two runs are compared system by system on equal tests, and otherwise it is said what differs."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from phototags.evaluation.evaluate import EvaluationResult
from phototags.evaluation.metrics.summary import summarise_scores
from phototags.io.storage import write_csv
from phototags.photos.photo_table import Drop
from phototags.results.pair_runs import MEASURES, main

ROOT = Path(__file__).parents[2]
PHOTOS, TAGS, RESAMPLES = 40, 12, 9
TESTS = {("a", "a"): "exact", ("a", "b"): "lemma"}


def write_job(folder: Path, test: str, bridge: str, values: np.ndarray, wanted: list[str]) -> None:
    """A job's files: (M, 1 + R) value and replicates of each measure, photos, words unreached."""
    rows = [
        {"bridge": bridge, "metric": metric, "k": k, "value": own[0], "replicates": own[1:]}
        for (metric, k), own in zip(MEASURES, values, strict=True)
    ]
    predictions = pd.DataFrame({"row": range(PHOTOS), "bridge": "own"})
    predictions = predictions.assign(tags=[["sea"]] * PHOTOS, scores=[[1.0]] * PHOTOS)
    drops = [Drop(f"score_tagger a/{bridge}", "", "unreached_word", word) for word in wanted]
    folder.mkdir(parents=True, exist_ok=True)
    scores = pd.DataFrame(rows).assign(photos=PHOTOS, tags=TAGS)
    names = "scores_{}.parquet", "predictions_{}.parquet", "scores_{}.drops.tsv"
    EvaluationResult(scores, predictions, drops).write(*(folder / of.format(test) for of in names))


def write_run(root: Path, seed: int, systems: tuple[str, ...] = ("multihot", "im2vec")) -> dict:
    """A checkout with a run of invented scores; (2, M, 1 + R) of its seeds by test and system."""
    shutil.copy(ROOT / "params.yaml", root / "params.yaml")
    models, generator = root / "models/pictures/a", np.random.default_rng(seed)
    models.mkdir(parents=True)
    (models / "vocabulary.tsv").write_text("tag\tphotos\tusers\nsea\t9\t3\nsky\t8\t3\n")
    made, files, jobs = {}, [], []
    for (train, test), bridge in TESTS.items():
        for system in systems:
            made[test, system] = generator.uniform(0.3, 0.7, (2, len(MEASURES), 1 + RESAMPLES))
            for number, values in enumerate(made[test, system].astype(np.float32)):
                write_job(models / system / f"seed{number}", test, bridge, values, ["moon"])
                files.append(models / system / f"seed{number}/scores_{test}.parquet")
                jobs.append([train, test, system, number])
    (root / "results/pictures").mkdir(parents=True)
    write_csv(root / "results/pictures/scores.csv", summarise_scores(files, jobs))
    return made


@pytest.fixture
def runs(tmp_path):
    """Folders of two runs, and what was written into them."""
    roots = tmp_path / "old", tmp_path / "new"
    for root in roots:
        root.mkdir()
    made = write_run(roots[0], 1), write_run(roots[1], 2, ("im2vec", "khot"))
    return *(root / "results/pictures" for root in roots), made


def read_cells(page: str, heading: str, system: str) -> list[str]:
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    line = next(line for line in section.split("\n") if line.startswith(f"| {system} "))
    return [cell.replace("**", "").strip() for cell in line.strip("|").split("|")][1:]


@pytest.mark.parametrize(("test", "heading"), [("a", "a, exact"), ("b", "a → b, lemma")])
def test_differences_and_intervals_are_those_of_a_loop(runs, capsys, test, heading):
    assert main([*map(str, runs[:2])]) == 0
    found = read_cells(capsys.readouterr().out, heading, "im2vec")
    old, new = (made[test, "im2vec"].astype(np.float32).tolist() for made in runs[2])
    for measure, cell in enumerate(found):
        apart = [
            sum(seed[measure][at] for seed in new) / 2 - sum(seed[measure][at] for seed in old) / 2
            for at in range(1 + RESAMPLES)
        ]
        middle = sum(apart[1:]) / RESAMPLES
        error = (sum((one - middle) ** 2 for one in apart[1:]) / RESAMPLES) ** 0.5
        ends = (100 * (apart[0] + side * 1.959964 * error) for side in (-1, 1))
        low, high = (f"{end:+.1f}" for end in ends)
        assert cell.startswith(f"{100 * apart[0]:+.1f} [{low}, {high}] "), cell


def test_only_systems_of_both_runs_are_compared(runs, capsys):
    assert main([*map(str, runs[:2])]) == 0
    page = capsys.readouterr().out
    assert "| im2vec " in page and "multihot" not in page and "khot" not in page


def test_a_run_and_itself_do_not_differ(runs, capsys):
    assert main([str(runs[0])] * 2) == 0
    cells = read_cells(capsys.readouterr().out, "a, exact", "multihot")
    assert cells == ["+0.0 [+0.0, +0.0] 1.000"] * len(MEASURES)


def test_other_test_photos_are_not_compared_and_named(runs, capsys):
    for system in ("im2vec", "khot"):
        path = runs[1].parents[1] / f"models/pictures/a/{system}/seed0/predictions_b.parquet"
        pd.read_parquet(path).iloc[:-3].to_parquet(path)
    assert main([*map(str, runs[:2])]) == 0
    page = capsys.readouterr().out
    assert "## a, exact" in page and "## a → b" not in page
    assert "- a → b, lemma: other test photos: 40 in " in page and "3 of them in one only" in page


def test_another_bridge_is_not_compared_and_named(runs, capsys):
    path = runs[1] / "scores.csv"
    path.write_text(path.read_text().replace("lemma", "synset"))
    assert main([*map(str, runs[:2])]) == 0
    page = capsys.readouterr().out
    assert f"- a → b, lemma: only in {runs[0]}" in page
    assert f"- a → b, synset: only in {runs[1]}" in page


def test_another_vocabulary_is_not_compared_on_its_own_tags(runs, capsys):
    path = runs[1].parents[1] / "models/pictures/a/vocabulary.tsv"
    path.write_text(path.read_text().replace("sky", "sun"))
    assert main([*map(str, runs[:2])]) == 0
    assert "- a, exact: other tags: 2 in " in capsys.readouterr().out


def test_runs_that_share_no_test_are_refused(runs, capsys):
    path = runs[1] / "scores.csv"
    scores = pd.read_csv(path)
    scores.assign(train="c").to_csv(path, index=False)
    assert main([*map(str, runs[:2])]) == 1
    assert "but nothing can be compared: a, exact: only in" in capsys.readouterr().err


def test_other_resamples_are_refused(runs, capsys):
    path = runs[1].parents[1] / "params.yaml"
    params = yaml.safe_load(path.read_text())
    params["score"]["seed"] += 1
    path.write_text(yaml.safe_dump(params))
    assert main([*map(str, runs[:2])]) == 1
    assert "should be scored with one score.seed" in capsys.readouterr().err


def test_scores_without_their_replicates_say_how_to_get_them(runs, capsys):
    shutil.rmtree(runs[0].parents[1] / "models/pictures/a/im2vec/seed0")
    shutil.rmtree(runs[0].parents[1] / "models/pictures/a/im2vec/seed1")
    assert main([*map(str, runs[:2])]) == 1
    assert "Run `dvc pull` or `dvc checkout`" in capsys.readouterr().err


def test_replicates_of_other_scores_than_the_committed_are_refused(runs, capsys):
    path = runs[0] / "scores.csv"
    scores = pd.read_csv(path)
    scores.loc[scores["seed"] == "mean", "value"] += 0.01
    scores.to_csv(path, index=False)
    assert main([*map(str, runs[:2])]) == 1
    assert "should have the scores in" in capsys.readouterr().err


def write_splits(run: Path, made: np.ndarray) -> None:
    """split{seed}.parquet of `made`, (K, M, 1 + R), for im2vec tested on its own corpus."""
    for seed, values in enumerate(made):
        rows = [
            {"metric": metric, "k": k, "value": own[0], "replicates": own[1:]}
            for (metric, k), own in zip(MEASURES, values, strict=True)
        ]
        about = {"test": "a", "system": "im2vec", "bridge": "exact", "training_photos": "all"}
        table = pd.DataFrame(rows).assign(**about, photos=PHOTOS, tags=TAGS, users=7)
        table.to_parquet(run.parents[1] / f"models/pictures/a/split{seed}.parquet")


def test_over_splits_the_variance_between_trainings_counts_too(runs, capsys):
    generator = np.random.default_rng(3)
    made = generator.uniform(0.3, 0.7, (2, 3, len(MEASURES), 1 + RESAMPLES))
    for run, own in zip(runs[:2], made, strict=True):
        write_splits(run, own)
    assert main([*map(str, runs[:2])]) == 0
    page = capsys.readouterr().out.split("## a → b")[0]
    section = page.split("Over 3 splits")[1]
    cells = section.split("| im2vec |")[1].split("\n")[0].strip(" |").split("|")
    apart = made[1] - made[0]
    for measure, cell in enumerate(cells):
        values, replicates = apart[:, measure, 0], apart[:, measure, 1:].mean(axis=0)
        error = (replicates.var() + values.var(ddof=1) / 3) ** 0.5
        ends = (100 * (values.mean() + side * 1.959964 * error) for side in (-1, 1))
        low, high = (f"{end:+.1f}" for end in ends)
        said = cell.replace("**", "").strip()
        assert said.startswith(f"{100 * values.mean():+.1f} [{low}, {high}]")
