"""Committed results that were edited, cannot be, or are of other code or params are noticed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from phototags.results.manifest import load_params
from tests.presets import merge_presets

ROOT = Path(__file__).parents[2]


def edit(path, before: str, after: str) -> None:
    text = path.read_text()
    assert text.count(before) >= 1, f"{path} has no {before!r}"
    path.write_text(text.replace(before, after, 1))


@pytest.fixture
def check(checkout, capsys):
    """Check the results by the code of the checkout itself: the exit code, and what was printed."""

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "phototags.results.check_results", *arguments]
        done = subprocess.run(
            command, cwd=checkout, env={"PYTHONPATH": str(checkout)}, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_results_of_this_code_are_right(check):
    assert check() == (0, "results/pictures: made by this code\n")


def test_a_constant_edited_in_a_loss_is_named_by_the_scripts_that_run_it(check, checkout):
    losses = next((checkout / "phototags/systems").rglob("*losses*.py"))
    number = re.search(r"(?<![\w.])\d+\.\d+(?![\w.])|(?<=[ (])1(?= [-/])", losses.read_text())
    text = losses.read_text()
    losses.write_text(f"{text[: number.start()]}1.25{text[number.end() :]}")
    code, printed = check()
    assert code == 1
    assert "made by other code: scripts/train_tagger.py changed since" in printed


def test_a_comment_makes_nothing_stale(check, checkout):
    path = checkout / "scripts/train_tagger.py"
    path.write_text(path.read_text() + "\n# a remark\n")
    assert check()[0] == 0


def test_another_param_is_noticed_unless_it_changes_no_result(check, checkout):
    edit(checkout / "params.yaml", "  min_users: 2", "  chunk_photos: 7\n  min_users: 2")
    assert check()[0] == 0
    edit(checkout / "params.yaml", "min_users: 2", "min_users: 3")
    code, printed = check()
    assert (code, "its params changed since" in printed) == (1, True)


@pytest.mark.parametrize("name", ["scores.csv", "drops.csv", "tables/headline.md", "metrics.json"])
def test_an_edited_file_is_noticed_by_its_hash(check, checkout, name):
    edit(checkout / "results/pictures" / name, "3", "4")
    code, printed = check()
    assert code == 1
    assert f"{name} was changed after it was made" in printed


def test_files_that_come_and_go_are_noticed(check, checkout):
    run = checkout / "results/pictures"
    (run / "drops.csv").unlink()
    (run / "more.csv").write_text("a\n1\n")
    code, printed = check()
    assert code == 1
    assert "drops.csv is missing" in printed
    assert "more.csv is not in manifest.json" in printed


def test_private_pictures_of_a_run_are_in_no_manifest(check, checkout):
    private = checkout / "results/pictures/private"
    private.mkdir()
    (private / "examples.png").write_bytes(b"a picture")
    assert check()[0] == 0


def rehash(checkout) -> None:
    """Give the manifest the hashes of edited files, as a forger would."""
    from phototags.io.storage import hash_file

    run = checkout / "results/pictures"
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["files"] = {name: hash_file(run / name) for name in manifest["files"]}
    (run / "manifest.json").write_text(json.dumps(manifest))


def test_a_mean_that_is_none_and_a_value_outside_its_interval_are_noticed(check, checkout):
    scores = checkout / "results/pictures/scores.csv"
    edit(scores, "mean,exact,map,0,0.27,", "mean,exact,map,0,0.97,")
    rehash(checkout)
    code, printed = check()
    assert code == 1
    row = "map@0 of frequency, seed mean, a to a"
    assert f"{row}: 0.97 should be the mean of the seeds, 0.27" in printed
    assert "0.97 is outside its interval [0.1, 0.9]" in printed


def edit_cell(path, column: str, change, **values) -> None:
    """Change the number in a column of the one row with these values."""
    table = pd.read_csv(path)
    row = table.index[(table[list(values)] == pd.Series(values)).all(axis=1)]
    table.loc[row, column] = change(table.loc[row, column].item())
    table.to_csv(path, index=False)


def test_a_difference_or_p_that_the_means_do_not_give_is_noticed(check, checkout):
    tables = checkout / "results/pictures/tables"
    edit_cell(tables / "splits.csv", "value", lambda old: old + 0.01, seed="mean", metric="map",
              system="im2vec")  # fmt: skip
    edit_cell(tables / "paired.csv", "adjusted_p", lambda old: old / 2 + 0.1, metric="recall")
    edit_cell(tables / "paired.csv", "low", lambda old: 1.0, metric="precision")
    rehash(checkout)
    code, printed = check()
    assert code == 1
    over = "of im2vec over frequency, a to a"
    assert "tables/splits.csv: map@0 of im2vec, seed mean, a to a" in printed
    assert re.search(rf"tables/paired.csv: map@0 {over}: \S+ should be", printed)
    assert re.search(rf"recall@5 {over}: adjusted_p \S+ should be", printed)
    assert re.search(rf"precision@1 {over}: \S+ is outside its interval \[1.0", printed)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("headline", "27.0", "28.0"),
        ("splits", "3 splits", "4 splits"),
        ("paired", "im2vec -", "x -"),
    ],
)
def test_a_table_that_the_csv_files_do_not_give_is_noticed_and_made_again(
    check, checkout, name, before, after
):
    edit(checkout / f"results/pictures/tables/{name}.md", before, after)
    rehash(checkout)
    code, printed = check()
    assert (code, f"tables/{name}.md is not what the csv files give" in printed) == (1, True)
    assert check("--write")[0] == 0
    assert check()[0] == 0


def test_frozen_results_stay_but_may_not_be_edited(check, checkout):
    edit(checkout / "params.yaml", "min_users: 2", "min_users: 3")
    assert check()[0] == 1
    code, printed = check("--freeze", "pictures", "made by 0.1")
    assert (code, printed) == (0, "results/pictures: frozen: made by 0.1\n")
    edit(checkout / "results/pictures/scores.csv", "0.27", "0.28")
    assert check()[0] == 1


def test_results_without_a_manifest_are_wrong(check, checkout):
    (checkout / "results/pictures/manifest.json").unlink()
    code, printed = check()
    assert (code, "no manifest.json" in printed) == (1, True)


def test_a_run_without_its_preset_is_an_error_that_says_so(check, checkout):
    (checkout / "results/pictures").rename(checkout / "results/gone")
    code, printed = check()
    assert code == 1
    assert "results/gone should come from a preset" in printed


@pytest.mark.parametrize("preset", sorted((ROOT / "presets").glob("*.yaml")), ids=lambda p: p.stem)
def test_presets_are_merged_as_snakemake_merges_them(preset):
    run = yaml.safe_load(preset.read_text())["run"]
    if preset.stem == run:
        assert load_params(run, ROOT) == merge_presets([ROOT / "params.yaml", preset])
