# ruff: noqa: F811
"""`phototags tag --write` and `--undo`, and the commands of docs/write-tags-back.md."""

import csv
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from phototags.cli import main
from phototags.keywords.own_metadata import read_keywords
from tests.test_cli import calibrated, home  # noqa: F401, fixtures

pytest.importorskip("pyexiv2", reason="keywords need pyexiv2: pip install pyexiv2")
PAGE = Path(__file__).parents[2] / "docs" / "write-tags-back.md"
BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)


@pytest.fixture
def holiday(calibrated):
    """A folder of two photos, one of them red, in a checkout whose tagger knows colours."""
    (calibrated / "holiday" / "sub").mkdir(parents=True)
    shutil.copy("rose.png", "holiday/rose.png")
    shutil.copy("sky.png", "holiday/sub/sky.png")
    return calibrated / "holiday"


def read_all(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_command_of_the_page_runs_and_the_last_one_restores_every_byte(holiday, capsys):
    before = read_all(holiday)
    lines = [line for block in BLOCK.findall(PAGE.read_text()) for line in block.splitlines()]
    assert len(lines) == 9
    for line in lines:
        command = shlex.split(line, comments=True)
        assert command[0] == "phototags" and main(command[1:]) == 0, line
    assert read_all(holiday) == before and not (holiday / ".phototags").exists()


def test_tags_above_the_cut_are_written_and_said(holiday, capsys):
    dry = ["tag", "holiday", "--above", ".5", "--write", "xmp", "--dry-run"]
    assert main(dry) == 0
    said = "holiday/rose.png.xmp: + red\nholiday/sub/sky.png.xmp: + blue\n"
    out, err = capsys.readouterr()
    assert out == said and "would be written: new sidecars 2" in err
    assert not list(holiday.rglob("*.xmp")) and not (holiday / ".phototags").exists()
    assert main(dry[:-1]) == 0
    out, err = capsys.readouterr()
    assert out == said and "written: new sidecars 2" in err
    assert read_keywords(holiday / "rose.png").ours == ("red",)
    assert read_keywords(holiday / "sub" / "sky.png").ours == ("blue",)


def test_a_single_photo_is_written_with_the_journal_beside_it(holiday, capsys):
    assert main(["tag", "holiday/rose.png", "--above", ".5", "--write", "xmp", "--in-file"]) == 0
    assert capsys.readouterr().out == "holiday/rose.png: + red\n"
    assert main(["tag", "holiday/rose.png", "--undo"]) == 0
    assert capsys.readouterr().out == "holiday/rose.png: restored\n"


def test_tables_list_each_tag_of_each_photo(holiday):
    for kind in ("csv", "json"):
        assert main(["tag", "holiday", "--above", ".5", "--write", kind]) == 0
    rows = list(csv.reader((holiday / "phototags-tags.csv").open()))
    assert rows == [
        ["photo", "tag", "probability"],
        ["rose.png", "red", "0.500000"],  # sigmoid(1 - 1)
        ["sub/sky.png", "blue", "0.500000"],
    ]
    content = json.loads((holiday / "phototags-tags.json").read_text())
    assert content["version"] == 1
    red = {"tag": "red", "probability": 0.5}
    assert content["photos"][0] == {"photo": "rose.png", "tags": [red]}


def test_a_table_of_somebody_else_is_not_replaced(holiday, capsys):
    (holiday / "phototags-tags.csv").write_text("mine")
    assert main(["tag", "holiday", "--above", ".5", "--write", "csv"]) == 2
    assert "rename it" in capsys.readouterr().err
    assert (holiday / "phototags-tags.csv").read_text() == "mine"


@pytest.mark.parametrize(
    "options, said",
    [
        (["--write", "xmp"], "--above P or --precision P"),
        (["--write", "iptc", "--above", ".5"], "--in-file"),
        (["--write", "csv", "--above", ".5", "--in-file"], "makes a table"),
        (["--dry-run"], "--write or --undo"),
        (["--undo", "--write", "xmp", "--above", ".5"], "one after the other"),
    ],
)
def test_options_that_do_not_go_together_are_refused(holiday, capsys, options, said):
    assert main(["tag", "holiday", *options]) == 2
    assert said in capsys.readouterr().err


def test_without_anything_written_undo_says_so_and_makes_nothing(holiday, capsys):
    assert main(["tag", "holiday", "--undo"]) == 0
    assert "nothing" in capsys.readouterr().err and not (holiday / ".phototags").exists()


def test_a_damaged_sidecar_is_said_and_the_others_are_written(holiday, capsys):
    (holiday / "rose.png.xmp").write_text("<x:xmpmeta><rdf")
    assert main(["tag", "holiday", "--above", ".5", "--write", "xmp"]) == 1
    out, err = capsys.readouterr()
    assert out == "holiday/sub/sky.png.xmp: + blue\n" and "damaged_sidecar" in err
