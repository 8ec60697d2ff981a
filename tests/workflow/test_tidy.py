"""What `make tidy` lists and removes, from plans written down by hand."""

from pathlib import Path

import pytest

from phototags.workflow import tidy

PLANNED = {
    None: ["data/corpora/shapes/photos.parquet", "models/pictures/shapes/split.parquet"],
    "users": ["data/corpora/shapes/photos.parquet", "models/users/shapes/split.parquet"],
}


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A folder with the files of PLANNED, and one more beside each."""
    (tmp_path / "params.yaml").write_text("run: pictures\n")
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets/users.yaml").write_text("run: users\n")
    for files in PLANNED.values():
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text("planned")
            (tmp_path / file).with_name("old.tsv").write_text("left")

    def list_outputs(root: Path, preset: Path | None) -> set[Path]:
        return {root / file for file in PLANNED[preset and preset.stem]}

    monkeypatch.setattr(tidy, "list_outputs", list_outputs)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_only_files_that_no_run_makes_are_listed(checkout):
    old = sorted(path.relative_to(checkout) for path in checkout.rglob("old.tsv"))
    assert sorted(tidy.find_unnamed(Path())) == old and len(old) == 3


def test_a_run_without_a_preset_keeps_its_files_and_all_data(checkout, capsys):
    (checkout / "models/mine").mkdir()
    (checkout / "models/mine/model.safetensors").write_text("mine")
    assert {path.parts[0] for path in tidy.find_unnamed(Path())} == {"models"}
    assert Path("models/mine/model.safetensors") not in tidy.find_unnamed(Path())
    assert "models/mine is of a run without a preset" in capsys.readouterr().out


def test_nothing_is_removed_where_nobody_can_confirm(checkout, capsys):
    assert tidy.main([]) == 1
    assert "3 files" in capsys.readouterr().out
    assert len(list(checkout.rglob("old.tsv"))) == 3


def test_what_is_confirmed_is_removed_and_the_rest_stays(checkout):
    lonely = checkout / "models/pictures/gone/seed7/model.safetensors"
    lonely.parent.mkdir(parents=True)
    lonely.write_text("left")
    assert tidy.main(["--yes"]) == 0
    assert not list(checkout.rglob("old.tsv")) and not lonely.parents[1].exists()
    assert all((checkout / file).exists() for files in PLANNED.values() for file in files)
    assert tidy.main([]) == 0
