"""The map of the vocabulary: every tag has a dot, and no name covers another."""

import re

import numpy as np
import pandas as pd
import pytest

from phototags.params.pages import Report
from phototags.report.report_page import write_report
from phototags.report.vocabulary_map import (
    COLOURED,
    HEIGHT,
    LETTER,
    LINE,
    MARGIN,
    NO_NOUN,
    WIDTH,
    read_vocabulary_maps,
)


def shown(folder, tags):
    """Neighbourhoods of tags (photos, category, x, y) without near ones."""
    (folder / "courts").mkdir(exist_ok=True)
    table = pd.DataFrame(tags, columns=["tag", "photos", "category", "x", "y"])
    table.to_csv(folder / "courts" / "map.tsv", sep="\t", index=False)
    (folder / "near.tsv").write_text("tag\tchosen\tnear\tcosine\n")
    return read_vocabulary_maps([folder / "courts" / "map.tsv"], [folder / "near.tsv"])[0]


def test_dots_fill_the_sheet_and_grow_with_photos(tmp_path):
    found = shown(tmp_path, [("sea", 100, "object", 0, 0), ("nan", 25, "object", 1, 1)])
    (group,) = found.groups
    first, last = group.dots
    assert (first.x, first.y, last.x, last.y) == (MARGIN, MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN)
    assert first.radius - 4 == pytest.approx(2 * (last.radius - 4))  # a quarter of the photos
    assert last.tag == "nan" and found.train == "courts" and found.near == {}


def test_the_commonest_categories_have_a_colour_and_the_others_share_one(tmp_path):
    names = [f"kind{number}" for number in range(COLOURED + 2) for _ in range(20 - number)]
    tags = [(f"tag{n}", 1, name, n / len(names), 0.5) for n, name in enumerate(names)]
    groups = shown(tmp_path, [*tags, ("xyz", 1, "", 0.5, 0)]).groups
    assert [group.name for group in groups[:COLOURED]] == [f"kind{n}" for n in range(COLOURED)]
    assert [group.colour for group in groups] == [*range(1, COLOURED + 1), 0, 0]
    assert [(group.name, len(group.dots)) for group in groups[COLOURED:]] == [
        ("other nouns", 12 + 11),
        (NO_NOUN, 1),
    ]


def test_no_name_covers_another_name_or_leaves_the_sheet(tmp_path):
    places = np.random.default_rng(0).random((300, 2)).round(3)
    tags = [(f"quite a long tag {n}", 1, "act", x, y) for n, (x, y) in enumerate(places)]
    labels = shown(tmp_path, tags).labels
    assert len(labels) > 30
    boxes = []
    for label in labels:
        wide = LETTER * len(label.tag)
        left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        assert left >= 0 and left + wide <= WIDTH
        boxes.append((left, left + wide, label.y))
    for number, (left, right, base) in enumerate(boxes):
        for begin, end, other in boxes[:number]:
            assert left >= end - 1 or begin >= right - 1 or abs(base - other) >= LINE - 1


def test_a_tag_alone_has_its_name(tmp_path):
    found = shown(tmp_path, [("sea", 1, "object", 0.5, 0.5)])
    assert [label.tag for label in found.labels] == ["sea"]


def test_the_page_shows_the_map_and_what_is_near(small_run, tmp_path):
    write_report(tmp_path / "report.html", "tiny", Report(photos=0, show_photos=True), small_run)
    page = (tmp_path / "report.html").read_text()
    assert page.count("<circle") == 3 and "<title>null (4)</title>" in page
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Nearest to the 1 most frequent tags of shapes" in text and "drawn at random" in text
    assert "sea null 0.50" in text and "null sea 0.25" in text
    assert "<title>&lt;b&gt;bold&lt;/b&gt; (1)</title>" in page


def test_a_run_whose_vocabulary_was_not_mapped_has_no_section(small_run, tmp_path):
    from dataclasses import replace

    bare = replace(small_run, tag_maps=[], nearest_tags=[])
    write_report(tmp_path / "report.html", "tiny", Report(photos=0, show_photos=True), bare)
    assert 'id="vocabulary"' not in (tmp_path / "report.html").read_text()
