"""The command line: what it prints, what it refuses, and its exit codes."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import phototags
from phototags.cli import COMMANDS, main
from phototags.evaluation.probabilities import Probabilities, write_probabilities
from phototags.features.feature_cache import Features
from phototags.io.storage import hash_file
from phototags.photos.photo_table import make_photo_table
from phototags.search.index import build_index, write_index
from phototags.systems.im2vec import Im2Vec
from phototags.systems.tagger import save

SYSTEM = Im2Vec(model="im2vec", hidden=[], scaling="none", epochs=1, patience=1)
TAGS = ["red", "green", "blue"]
USABLE_ALONE = ("removed", "index", "search", "review", "serve", "similar")
"""Commands that need no argument; the last five say what they lack, or serve what is indexed."""


def embed_colours(backbone, pictures):
    """Features for tests: the mean of each colour channel."""
    return torch.stack([picture.float().mean(dim=(1, 2)) / 255 for picture in pictures])


def make_colour_tagger():
    """A tagger whose score for a colour is that colour's share in the picture."""
    tagger = SYSTEM.init_tagger(3, torch.eye(3), torch.zeros(3), torch.Generator())
    with torch.no_grad():
        for weights in tagger.head.parameters():
            weights.copy_(torch.eye(3) if weights.ndim == 2 else torch.zeros(3))
    return tagger.eval()


def make_png(colour):
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A checkout after a run: a tagger, an index of two pictures, their shard; three files."""
    folder = tmp_path / "models" / "pictures" / "tagger"
    config = {"backbone": "tiny", "train": "shapes", "seed": 0, "features": 3, "tags": 3}
    save(make_colour_tagger(), {**config, "system": SYSTEM.model_dump()}, folder)
    rows = "".join(f"{tag}\t9\t3\n" for tag in TAGS)
    (folder / "vocabulary.tsv").write_text(f"tag\tphotos\tusers\n{rows}")
    write_corpus(tmp_path, folder)
    for name, colour in (("rose", "red"), ("sky", "blue")):
        (tmp_path / f"{name}.png").write_bytes(make_png(colour))
    (tmp_path / "broken.png").write_bytes(make_png("red")[:60])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data-of-the-user"))
    tiny = SimpleNamespace(parts=(SimpleNamespace(size=4),))
    monkeypatch.setattr("phototags.export.tag_photos.load_backbone", lambda *_, precision: tiny)
    monkeypatch.setattr("phototags.commands.common.BOX", Path("models/pictures/tagger"))
    # A finished run of the checkout under test is not part of this one.
    monkeypatch.setattr("phototags.commands.common.candidate_paths", lambda path: [Path(path)])
    monkeypatch.setattr("phototags.export.tag_photos.embed_photos", embed_colours)
    return tmp_path


def write_corpus(home, folder):
    shard = home / "data" / "corpora" / "shapes" / "shards" / "00000.tar"
    shard.parent.mkdir(parents=True)
    with tarfile.open(shard, "w") as tar:
        for row, colour in enumerate(("red", "blue")):
            content = make_png(colour)
            member = tarfile.TarInfo(f"{row:08d}.png")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    photos = make_photo_table(
        {
            "photo_id": f"photo{row}",
            "title": title,
            "author": "<Ann>",
            "licence": "CC0",
            "file": f"00000.tar/{row:08d}.png",
        }
        for row, title in enumerate(("A rose", "The sky"))
    )
    tags = pd.DataFrame({"row": [0, 1], "tags": [["red", "flower"], ["blue"]]})
    features, model = (
        Features(torch.arange(2), torch.eye(3)[[0, 2]]),
        hash_file(folder / "model.safetensors"),
    )
    index = build_index(make_colour_tagger(), features, photos, tags, "shapes", model)
    place = folder.parent / "index"
    write_index(index, place / "shapes.safetensors", place / "shapes.parquet")


def test_a_photo_gets_its_tags_best_first(home, capsys):
    assert main(["tag", "--top", "2", "rose.png"]) == 0
    assert capsys.readouterr().out == "rose.png\n    1.00  red\n    0.00  green\n"


@pytest.fixture
def calibrated(home):
    """The tagger of `home` with probability sigmoid(score - 1), and a cut of 0.4 for 0.5."""
    cuts = np.full(99, np.nan)
    cuts[:60] = np.linspace(0, 0.4, 50).tolist() + [0.45] * 10
    fitted = Probabilities(-np.ones(3), np.ones(3), cuts, np.inf, 9)
    write_probabilities(home / "models/pictures/tagger/calibration.safetensors", fitted)
    return home


def test_a_calibrated_tagger_gives_probabilities(calibrated, capsys):
    assert main(["tag", "--top", "2", "rose.png"]) == 0
    assert capsys.readouterr().out == "rose.png\n    0.50  red\n    0.27  green\n"
    assert main(["tag", "--json", "--top", "1", "rose.png"]) == 0
    tags = json.loads(capsys.readouterr().out)["tags"]
    assert tags == [{"tag": "red", "probability": 0.5}]


@pytest.mark.parametrize(
    ("cut", "shown"),
    [
        (["--above", "0.5"], 1),
        (["--above", "0.51"], 0),
        (["--above", "0"], 3),
        (["--precision", "0.5"], 1),
        (["--precision", "0.1"], 3),
    ],
)
def test_only_tags_above_the_cut_are_given(calibrated, capsys, cut, shown):
    assert main(["tag", *cut, "rose.png"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + shown


def test_a_precision_that_validation_never_reached_is_refused(calibrated, capsys):
    assert main(["tag", "--precision", "0.61", "rose.png"]) == 2
    assert "up to 0.60" in capsys.readouterr().err


@pytest.mark.parametrize("cut", ["--above", "--precision"])
def test_a_tagger_that_was_never_calibrated_ranks_but_cannot_cut(home, capsys, cut):
    for empty in (False, True):
        if empty:
            write_probabilities(home / "models/pictures/tagger/calibration.safetensors", None)
        assert main(["tag", cut, "0.5", "rose.png"]) == 2
        assert "validation photo had a known tag" in capsys.readouterr().err
        assert main(["tag", "--top", "1", "rose.png"]) == 0
        assert capsys.readouterr().out == "rose.png\n    1.00  red\n"


@pytest.mark.parametrize("cut", [["--above", "2"], ["--precision", "1"], ["--precision", "many"]])
def test_a_cut_that_is_no_share_is_refused(calibrated, capsys, cut):
    with pytest.raises(SystemExit):
        main(["tag", *cut, "rose.png"])
    assert f"found '{cut[1]}'" in capsys.readouterr().err


def test_a_broken_picture_is_reported_and_the_others_still_run(home, capsys):
    assert main(["tag", "--json", "rose.png", "broken.png", "gone.png", "sky.png"]) == 1
    out, err = capsys.readouterr()
    found = [json.loads(line) for line in out.splitlines()]
    assert [line["photo"] for line in found] == ["rose.png", "broken.png", "gone.png", "sky.png"]
    assert found[0]["tags"][0] == {"tag": "red", "score": 1.0}
    assert found[3]["tags"][0] == {"tag": "blue", "score": 1.0}
    assert "error" in found[1] and found[2]["error"]["reason"] == "unreadable"
    assert "broken.png: " in err and "gone.png: unreadable: no such file" in err


def test_a_folder_stands_for_the_pictures_in_it(home, capsys):
    assert main(["tag", "--json", str(home)]) == 1
    names = [json.loads(line)["photo"] for line in capsys.readouterr().out.splitlines()]
    assert names == sorted(str(home / name) for name in ("broken.png", "rose.png", "sky.png"))


def test_an_empty_folder_is_reported(home, capsys):
    (home / "empty").mkdir()
    assert main(["tag", "empty"]) == 1
    assert "empty" in capsys.readouterr().err


def test_what_lies_in_a_folder_is_tagged_or_said(home, capsys):
    folder = home / "holiday"
    (folder / "@eaDir/rose.png").mkdir(parents=True)
    for name in ("@eaDir/rose.png/SYNOPHOTO_THUMB_M.png", "rose.heic", "._rose.png", "b.jfif"):
        shutil.copy(home / "rose.png", folder / name)
    (folder / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(300))
    (folder / "IMG_2.jxl").write_bytes(b"\xff\x0a" + bytes(300))
    (folder / "notes.txt").write_text("nothing")
    assert main(["tag", "--json", "holiday"]) == 1
    out, err = capsys.readouterr()
    names = [json.loads(line)["photo"] for line in out.splitlines()]
    assert names == ["holiday/b.jfif", "holiday/rose.heic"]
    assert "2 files of kinds that are not read: HEIC 1, JPEG XL 1" in err
    assert "passed over in folders: ._* 1, @eaDir 1" in err


def test_system_copies_alone_are_no_failure(home, capsys):
    (home / "nas/.thumbnails").mkdir(parents=True)
    for name in ("nas/a.png", "nas/.thumbnails/a.png"):
        shutil.copy(home / "rose.png", home / name)
    assert main(["tag", "nas"]) == 0
    assert capsys.readouterr().out.count("a.png") == 1


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_name_that_is_no_utf8_is_printed_escaped(home, monkeypatch, options):
    """On a stdout that refuses other bytes, as in most locales."""
    (home / "old").mkdir()
    for name in (b"caf\xe9.png", b"z\x1b[31m.png"):
        shutil.copy(os.fsencode(home / "rose.png"), os.fsencode(home / "old") + b"/" + name)
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, "utf-8", "strict"))
    assert main(["tag", *options, "old"]) == 0
    sys.stdout.flush()
    text = printed.getvalue().decode()
    assert r"old/caf\xe9.png" in (json.loads(text.splitlines()[0])["photo"] if options else text)
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("cap", "reason"), [("--max-pixels", "too_many_pixels"), ("--max-bytes", "too_many_bytes")]
)
def test_caps_are_options(home, capsys, cap, reason):
    assert main(["tag", cap, "5", "rose.png"]) == 1
    assert reason in capsys.readouterr().err


def test_damaged_metadata_are_said(home, capsys):
    Image.new("RGB", (20, 20), "red").save(home / "profile.png", icc_profile=b"none")
    assert main(["tag", "profile.png"]) == 0
    assert "damaged metadata were ignored: broken_profile 1" in capsys.readouterr().err


def test_an_address_is_not_fetched(home, capsys):
    assert main(["tag", "https://photos.example/rose.png"]) == 1
    assert "not fetched" in capsys.readouterr().err


def test_the_model_is_found_where_it_is_named(home, capsys, monkeypatch):
    (home / "elsewhere").mkdir()
    monkeypatch.chdir(home / "elsewhere")
    model = str(home / "models" / "pictures" / "tagger")
    assert main(["tag", "--model", model, str(home / "rose.png")]) == 0


def test_a_missing_model_is_reported_with_the_command_that_makes_one(home, capsys):
    assert main(["tag", "--model", "nowhere", "rose.png"]) == 2
    err = capsys.readouterr().err
    assert "nowhere" in err and "make results" in err


def test_a_vocabulary_of_another_tagger_is_refused(home, capsys):
    path = home / "models" / "pictures" / "tagger" / "vocabulary.tsv"
    path.write_text("tag\tphotos\tusers\nred\t9\t3\n")
    assert main(["tag", "rose.png"]) == 2
    assert "3 tags" in capsys.readouterr().err


def test_search_lists_the_best_photo_first(home, capsys):
    assert main(["search", "blue"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 photos of shapes searched for: blue"
    assert lines[1].split() == ["1.", "1.00", "The", "sky", "(<Ann>,", "CC0)"]


def test_search_writes_a_page_with_the_pictures_in_it(home, capsys):
    assert main(["search", "red", "--top", "1", "--out", "found.html"]) == 0
    page = (home / "found.html").read_text()
    assert "A rose" in page and "The sky" not in page and "&lt;Ann&gt;" in page
    assert page.count("data:image/jpeg") == 1 and '<li class="hit">red</li>' in page


def test_a_page_without_the_shards_says_so(home, capsys):
    (home / "data" / "corpora" / "shapes" / "shards" / "00000.tar").unlink()
    assert main(["search", "red", "--out", "found.html"]) == 0
    page = (home / "found.html").read_text()
    assert "data:image/jpeg" not in page and "not on this machine" in page


def test_a_search_for_nothing_known_fails_softly(home, capsys):
    assert main(["search", "the"]) == 1
    assert "no match" in capsys.readouterr().err


def test_a_corpus_without_an_index_is_reported(home, capsys):
    assert main(["search", "red", "--corpus", "stamps"]) == 2
    assert "shapes" in capsys.readouterr().err


def test_an_index_of_another_tagger_is_refused(home, capsys):
    folder = home / "models" / "pictures" / "tagger"
    other = SYSTEM.init_tagger(3, torch.ones(3, 3), torch.zeros(3), torch.Generator())
    save(other, json.loads((folder / "config.json").read_text()), folder)
    assert main(["search", "red"]) == 2
    assert "another tagger" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        *([command] for command in COMMANDS if command not in USABLE_ALONE),
        ["removed", "p7"],
        ["tag", "--top", "0", "x"],
        ["tag", "--colour", "x"],
        ["near", "a", "b"],
        ["analogy", "a", "b"],
        ["vocabulary", "whence", "a"],
    ],
)
def test_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


@pytest.mark.parametrize("command", [[], *([command] for command in COMMANDS)])
def test_help_shows_examples_and_exit_codes(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert "exit codes:" in out and (not command or "examples:" in out)


@pytest.mark.parametrize(
    ("former", "now"),
    [
        (["losses", "shapes"], "losses is called drops"),
        (["tag", "--believed", "x"], "is called --above P or --precision P"),
        (["tag", "--above-threshold", "x"], "is called --above P or --precision P"),
    ],
)
def test_a_former_name_is_refused_with_the_name_of_today(former, now, capsys):
    with pytest.raises(SystemExit) as stop:
        main(former)
    assert stop.value.code == 2
    assert now in capsys.readouterr().err


def test_the_version_is_the_packages(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"phototags {phototags.__version__}\n"


def loaded(code: str) -> set[str]:
    """The packages that a process has imported after it ran the code."""
    said = f"{code}\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_does_not_wait_for_torch():
    imports = "import sys, phototags.cli; phototags.cli.make_parser()"
    modules = loaded(imports)
    assert not {"torch", "pandas", "numpy", "pydantic"} & modules
    assert not {f"phototags.commands.{name}" for name in COMMANDS} & modules


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_imports_that_command_alone(command):
    modules = loaded(f"import sys, phototags.cli; phototags.cli.make_parser({command!r})")
    assert not {"torch", "pandas", "numpy", "pydantic"} & modules
    assert {name for name in COMMANDS if f"phototags.commands.{name}" in modules} == {command}


def test_a_search_needs_neither_torch_nor_pandas(home):
    found = loaded("import sys, phototags.cli; assert phototags.cli.main(['search', 'blue']) == 0")
    assert not {"torch", "pandas", "pydantic", "ftfy", "pyarrow.compute"} & found
