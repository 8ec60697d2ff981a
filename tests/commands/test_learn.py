# ruff: noqa: F811
"""`phototags learn`: from a folder of keywords to a tagger that tags and writes them back."""

import hashlib
import re
import shlex
import shutil
from pathlib import Path

import pytest
from PIL import Image

from phototags.cli import main
from phototags.keywords.own_metadata import read_keywords
from tests.library.colour_tagger import patch_backbone, write_tagger
from tests.test_cli import embed_colours, home  # noqa: F401, fixtures

pytest.importorskip("pyexiv2", reason="keywords need pyexiv2: pip install pyexiv2")
PAGE = Path(__file__).parents[2] / "docs" / "learn-from-your-keywords.md"
SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag>\
</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.fixture
def album(home, monkeypatch):
    """Four folders of red photos called Warm and blue ones called Cold, in sidecars."""
    monkeypatch.setattr("phototags.box.keyword_folder.embed_photos", embed_colours)
    for number in range(48):
        warm = number % 2
        colour = (200 + number, 3 * number, 10) if warm else (10, 3 * number, 200 + number)
        photo = home / "album" / str(number % 4 // 2 + 2 * (number > 23)) / f"{number}.png"
        photo.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16, 12), colour).save(photo)
        photo.with_name(f"{photo.name}.xmp").write_text(SIDECAR % ("Warm" if warm else "Cold"))
    return home / "album"


def test_the_keywords_of_a_folder_become_a_tagger(album, capsys):
    assert main(["learn", "album", "--out", "mine"]) == 0
    out = capsys.readouterr().out
    assert "mAP on photos left out: 100.0 (chance 50.0) over 2 keywords of 48 photos" in out
    assert main(["tag", "rose.png", "sky.png", "--model", "mine", "--top", "1"]) == 0
    out = capsys.readouterr().out.split()
    assert (out[2], out[5]) == ("warm", "cold")
    arguments = ["--model", "mine", "--above", ".5", "--write", "xmp"]
    assert main(["tag", "rose.png", *arguments]) == 0
    assert read_keywords(album.parent / "rose.png").ours == ("Warm",), "as its owner writes it"


def test_a_second_run_looks_at_no_pixels_again(album, capsys, monkeypatch):
    assert main(["learn", "album", "--out", "mine"]) == 0
    first = (album.parent / "mine" / "model.safetensors").read_bytes()

    def refuse(*_):
        raise AssertionError("a photo was opened")

    monkeypatch.setattr("phototags.box.keyword_folder.open_photo", refuse)
    assert main(["learn", "album", "--out", "mine"]) == 0
    assert (album.parent / "mine" / "model.safetensors").read_bytes() == first


def test_an_indexed_folder_is_not_looked_at_again_and_its_verdicts_are_learned(
    album, capsys, monkeypatch
):
    """Of a photo without keywords alone what was judged of it is learned."""
    from phototags.library.manage import update_index
    from phototags.serve.feedback import FILE, Feedback

    Image.new("RGB", (16, 12), (240, 30, 20)).save(album / "0" / "bare.png")
    patch_backbone(monkeypatch.setattr)
    model = write_tagger(Path("colours"))
    update_index("index", [str(album)], model, workers=1)
    sha256 = hashlib.sha256((album / "0" / "bare.png").read_bytes()).hexdigest()
    Feedback(Path("index") / FILE).add(sha256, "warm", True)
    monkeypatch.setattr("phototags.box.keyword_folder.open_photo", None)
    arguments = ["learn", "album", "--out", "mine", "--index", "index"]
    assert main([*arguments, "--model", str(model)]) == 0
    out = capsys.readouterr().out
    assert "1 tags accepted or refused: mAP over 2 keywords 100.0, without them 100.0" in out


def test_what_phototags_wrote_and_photos_without_keywords_teach_nothing(album, capsys):
    tag = ["tag", "album", "--model", "mine", "--above", "0", "--write", "xmp"]
    assert main(["learn", "album", "--out", "mine"]) == 0 and main(tag) == 0
    before = (album.parent / "mine" / "model.safetensors").read_bytes()
    Image.new("RGB", (16, 12), "green").save(album / "0" / "bare.png")
    capsys.readouterr()
    assert main(["learn", "album", "--out", "mine"]) == 0
    assert "left out: without keywords 1" in capsys.readouterr().err
    assert (album.parent / "mine" / "model.safetensors").read_bytes() == before


def test_a_folder_without_keywords_is_refused(home, capsys):
    (home / "bare").mkdir()
    Image.new("RGB", (16, 12), "green").save(home / "bare" / "a.png")
    assert main(["learn", "bare", "--out", "mine"]) == 2
    assert "Give photos keywords" in capsys.readouterr().err


def test_every_command_of_the_page_runs(album):
    shutil.move("album", "photos")
    (album.parent / "new").mkdir()
    shutil.copy("rose.png", "new")
    block, _ = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for line in block.splitlines():
        command = shlex.split(line, comments=True)
        assert command[0] == "phototags" and main(command[1:]) == 0, line
