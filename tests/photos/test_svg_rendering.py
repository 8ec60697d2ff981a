"""Drawings are drawn, bombs are refused by name, and nothing outside the SVG is read."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from phototags.errors import PhotoError
from phototags.photos import svg_rendering
from phototags.photos.svg_rendering import render_svg

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}">{inside}</svg>'
BOMB = (
    '<!DOCTYPE svg [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><svg xmlns='http://www.w3.org/2000/svg'><text>&i;</text></svg>"
)


def svg(inside="", w=20, h=10):
    return SVG.format(w=w, h=h, inside=inside).encode()


def reason_of(content):
    with pytest.raises(PhotoError) as refused:
        render_svg(content, 64)
    return refused.value.reason


def test_a_drawing_has_the_wanted_longest_side_and_its_colours():
    drawn = render_svg(svg('<rect width="10" height="10" fill="#ff0000"/>'), 64)
    picture = np.asarray(Image.open(io.BytesIO(drawn)))
    assert picture.shape == (32, 64, 4)
    assert picture[16, 10].tolist() == [255, 0, 0, 255]
    assert picture[16, 50, 3] == 0  # nothing drawn: transparent


def test_sizes_beyond_all_caps_are_drawn_small():
    drawn = render_svg(svg("<rect width='9' height='9'/>", w=2_000_000, h=1_000_000), 64)
    assert Image.open(io.BytesIO(drawn)).size == (64, 32)


def test_the_same_drawing_is_the_same_bytes():
    content = svg('<circle cx="9" cy="5" r="4" fill="green"/>')
    assert render_svg(content, 50) == render_svg(content, 50)


def test_an_entity_bomb_is_refused_by_name_at_once():
    start = time.process_time()
    assert reason_of(BOMB.encode()) == "entities"
    assert time.process_time() - start < 2


@pytest.mark.parametrize("content", [b"", b"<svg", b"<html/>", b"\xff\xfe\0", svg(w=0, h=0)])
def test_what_is_no_svg_is_undrawable(content):
    assert reason_of(content) == "undrawable"


def test_other_files_are_not_read(tmp_path):
    Image.new("RGB", (20, 10), "red").save(tmp_path / "secret.png")
    link = f'<image href="file://{tmp_path}/secret.png" width="20" height="10"/>'
    picture = np.asarray(Image.open(io.BytesIO(render_svg(svg(link), 64))))
    assert picture[..., 3].max() == 0


def test_work_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(svg_rendering, "SECONDS", 1)
    blur = '<filter id="f"><feGaussianBlur stdDeviation="900"/></filter>'
    much = '<g filter="url(#f)">' * 60 + '<rect width="9" height="9"/>' + "</g>" * 60
    start = time.monotonic()
    content = svg(blur + much, w=4000, h=4000)
    with pytest.raises(PhotoError, match="drawing"):
        render_svg(content, 4000)
    assert time.monotonic() - start < 20
