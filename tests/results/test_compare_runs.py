"""Two folders of results are the same up to a tolerance, or it is said what differs."""

import shutil

import pandas as pd
import pytest

from phototags.results.compare_runs import main


@pytest.fixture
def runs(checkout):
    old, new = checkout / "results/pictures", checkout / "new"
    shutil.copytree(old, new)
    return old, new


def test_equal_results_are_the_same(runs, capsys):
    assert main([*map(str, runs), "--tolerance", "0"]) == 0
    assert capsys.readouterr().out.endswith("the same\n")


def test_scores_apart_by_more_than_the_tolerance_are_named(runs, capsys):
    scores = pd.read_csv(runs[1] / "scores.csv")
    scores["value"] += 0.015
    scores.to_csv(runs[1] / "scores.csv", index=False)
    assert main([*map(str, runs), "--tolerance", "0.02"]) == 0
    assert main([*map(str, runs), "--tolerance", "0.01"]) == 1
    assert "scores.csv: precision@1 of frequency, seed 0, a to a" in capsys.readouterr().out


def test_files_that_only_one_has_are_named(runs, capsys):
    (runs[0] / "drops.csv").unlink()
    (runs[1] / "losses.csv").unlink()
    assert main([*map(str, runs)]) == 1
    printed = capsys.readouterr().out
    assert "losses.csv was not made" in printed and "drops.csv is new" in printed


def test_other_counts_are_named(runs, capsys):
    (runs[1] / "drops.csv").write_text("step,photos\ndecode,9\n")
    assert main([*map(str, runs)]) == 1
    assert "drops.csv: row 0: photos was 3, is 9" in capsys.readouterr().out


def test_a_training_curve_may_end_elsewhere_but_not_be_lost(runs):
    losses = pd.read_csv(runs[1] / "losses.csv")
    losses.iloc[:1].to_csv(runs[1] / "losses.csv", index=False)
    assert main([*map(str, runs)]) == 0
    losses.iloc[:0].to_csv(runs[1] / "losses.csv", index=False)
    assert main([*map(str, runs)]) == 1


def test_a_folder_that_is_not_there_is_named(runs, tmp_path, capsys):
    assert main([str(runs[0]), str(tmp_path / "none")]) == 1
    assert "scores.csv was not made" in capsys.readouterr().out
