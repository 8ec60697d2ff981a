"""The commands over indexed folders: what they print, their JSON and exit codes."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from phototags.cli import main
from tests.library.colour_tagger import make_png, patch_backbone, write_tagger


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder `photos` of three pictures, the working directory above it, a tagger of colours."""
    patch_backbone(monkeypatch.setattr)
    monkeypatch.setattr("phototags.commands.common.BOX", write_tagger(tmp_path / "tagger"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for name, colour in (("rose", "red"), ("sky", "blue"), ("plum", (255, 0, 153))):
        (tmp_path / "photos" / f"{name}.png").write_bytes(make_png(colour))
    return tmp_path


def run_json(capsys, *arguments):
    exit_code = main([*arguments, "--json"])
    return exit_code, json.loads(capsys.readouterr().out)


def test_a_folder_is_indexed_and_searched(home, capsys):
    assert main(["index", "photos", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 added, 0 changed, 0 moved, 0 gone, 0 unchanged; ")
    assert f"3 photos in {home}/data/phototags/index" in out
    assert main(["search", "red", "-x", "blue"]) == 0
    first, words = capsys.readouterr().out.splitlines()
    assert first.split() == ["1.", "0.99", f"{home}/photos/rose.png"] and words.split() == [
        "red",
        "0.99",
    ]


def test_json_has_a_version_and_the_documented_keys(home, capsys):
    exit_code, done = run_json(capsys, "index", "photos", "--workers", "1")
    assert exit_code == 0 and done["version"] == 1 and done["added"] == done["photos"] == 3
    exit_code, found = run_json(capsys, "search", "blue, red")
    assert exit_code == 0 and found["version"] == 1 and found["searched"] == 3
    assert found["query"] == {"wanted": ["blue", "red"], "unwanted": [], "notes": []}
    (photo,) = found["photos"]
    assert list(photo) == ["path", "score", "tags", "keywords", "title", "taken", "copies"]
    assert {one["tag"] for one in photo["tags"]} == {"red", "blue"}
    exit_code, alike = run_json(capsys, "similar", "photos/rose.png")
    assert exit_code == 0 and alike["version"] == 1
    assert alike["photos"][0]["path"] == f"{home}/photos/plum.png"


def test_paths_are_printed_alone_with_their_bytes(home, capfdbinary):
    odd = os.fsencode(home) + b"/photos/caf\xe9.png"
    with open(odd, "wb") as file:
        file.write(make_png("#00ff00"))
    main(["index", "photos", "--workers", "1"])
    capfdbinary.readouterr()
    assert main(["search", "green", "--paths"]) == 0
    assert capfdbinary.readouterr().out == odd + b"\n"


def test_a_search_without_a_match_exits_with_1(home, capsys):
    main(["index", "photos", "--workers", "1"])
    assert main(["search", "zebra"]) == 1
    assert "'zebra' is no tag and no keyword" in capsys.readouterr().err
    assert run_json(capsys, "search", "green") == (
        1,
        {
            "version": 1,
            "query": {"wanted": ["green"], "unwanted": [], "notes": []},
            "searched": 3,
            "photos": [],
        },
    )


def test_a_page_shows_the_photos(home, capsys):
    (home / "photos/<b>.png").write_bytes(make_png("red", 1))
    main(["index", "photos", "--workers", "1"])
    assert main(["search", "red", "--out", "found.html"]) == 0
    page = (home / "found.html").read_text()
    assert page.count("data:image/jpeg") == 3 and "&lt;b&gt;.png" in page and "<b>" not in page
    assert Path(home / "photos/rose.png").as_uri() in page


def test_an_unreadable_picture_is_said_and_exits_with_1(home, capsys):
    (home / "photos/broken.png").write_bytes(make_png("red", 2)[:60])
    assert main(["index", "photos", "--workers", "1"]) == 1
    assert "photos that cannot be used: truncated 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["index"], "found none named"),
        (["index", "nowhere"], "nowhere"),
        (["index", "photos", "--model", "nowhere"], "nowhere"),
        (["search", "red", "--index", "nowhere"], "phototags index FOLDER"),
        (["similar"], "phototags index FOLDER"),
        (["search", "red", "--like", "photos/rose.png"], "--like is for indexed folders"),
        (["search", "red", "--index", "here", "--corpus", "shapes"], "not both"),
    ],
)
def test_what_is_missing_is_said_and_exits_with_2(home, capsys, arguments, said):
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_near_duplicates_are_grouped(home, capsys):
    (home / "photos/again.png").write_bytes(make_png("red"))
    (home / "photos/saved.png").write_bytes(make_png((250, 5, 5), 1))
    main(["index", "photos", "--workers", "1"])
    capsys.readouterr()
    exit_code, found = run_json(capsys, "similar")
    (group,) = found["groups"]
    names = [Path(path).name for path in group["paths"]]
    assert exit_code == 0 and {"again.png", "rose.png", "saved.png"} <= set(names)
    assert "sky.png" not in names and not group["same_bytes"]


def test_a_search_by_tags_loads_numpy_alone(home):
    main(["index", "photos", "--workers", "1"])
    said = "import sys, phototags.cli; assert phototags.cli.main(['search', 'red -blue']) == 0"
    code = f"{said}\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "pandas", "polars", "pyarrow", "pydantic", "PIL", "scipy"} & set(
        done.stdout.split()
    )


def test_the_commands_of_the_page_run(home, capsys):
    page = (Path(__file__).parents[2] / "docs/find-your-photos.md").read_text()
    block = re.search(r"```bash\n(.*?)```", page, re.DOTALL)[1]
    commands = [shlex.split(line, comments=True)[1:] for line in block.splitlines()]
    (home / "holiday/italy").mkdir(parents=True)
    names = ("a dog on the beach", "snow", "anna", "boat", "italy/sunset", "sailing boats")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2020:07:14 10:30:05"
    for number, name in enumerate(names):
        colour = (200 + number, 0, 0)
        Image.new("RGB", (40, 30), colour).save(home / f"holiday/{name}.jpg", exif=exif)
    for arguments in commands:
        assert main(arguments) == 0, (arguments, capsys.readouterr().err)
    assert len(commands) >= 9 and "sailing boats.jpg" in capsys.readouterr().out


def test_the_python_of_the_page_runs(home, capsys):
    page = (Path(__file__).parents[2] / "docs/find-your-photos.md").read_text()
    (home / "photos/dog beach.png").write_bytes(make_png("red", 1))
    main(["index", "photos", "--workers", "1"])
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    exec(code, {"folder": home / "data/phototags/index"})
    assert "dog beach.png 1.0 (('red'," in capsys.readouterr().out
