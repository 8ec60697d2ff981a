"""Live curves are DVCLive's files and nothing else that DVCLive does by itself."""

import math
import subprocess

import pytest
import yaml

from phototags.training.live_curves import LiveCurves

ROWS = [
    {"epoch": 1, "loss": 0.5, "validation_map": math.nan},
    {"epoch": 2, "loss": 0.25, "validation_map": 0.125},
]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    said = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"]
    subprocess.run(["git", "-C", tmp_path, *said], check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder) -> set[str]:
    files = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return {path for path in files if not path.startswith((".git/", ".dvc/tmp/"))}


def test_each_epoch_is_a_line_and_a_second_training_begins_anew(repository):
    (repository / ".dvc").mkdir()
    (repository / ".dvc/config").touch()
    for _ in range(2):
        curves = LiveCurves("live/im2vec")
        for row in ROWS:
            curves(row)
    plots = repository / "live/im2vec/plots/metrics"
    assert (plots / "loss.tsv").read_text() == "step\tloss\n1\t0.5\n2\t0.25\n"
    assert (plots / "validation_map.tsv").read_text() == "step\tvalidation_map\n2\t0.125\n"
    assert everything(repository) - {".dvc/config", ".dvc/.gitignore"} == {
        f"live/im2vec/plots/metrics/{name}.tsv" for name in ("loss", "validation_map")
    }


def test_where_nobody_uses_dvc_nothing_is_written(repository):
    LiveCurves("live/im2vec")(ROWS[0])
    assert everything(repository) == set()


def test_a_training_goes_on_without_curves_when_dvclive_cannot_work(tmp_path, monkeypatch, caplog):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)  # without a commit
    (tmp_path / ".dvc").mkdir()
    monkeypatch.chdir(tmp_path)
    LiveCurves("live/im2vec")(ROWS[0])
    assert "no live curves are written: SCMError" in caplog.text


def test_dvc_draws_the_folder_and_has_one_stage(pytestconfig):
    declared = yaml.safe_load((pytestconfig.rootpath / "dvc.yaml").read_text())
    assert declared["plots"] == [{"live": {"x": "step"}}]
    assert list(declared["stages"]) == ["workflow"]
