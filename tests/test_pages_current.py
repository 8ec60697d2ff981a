"""Pages made by a command are as the command would make them, and the version is one."""

import re
from pathlib import Path

import pandas as pd
import pytest

import phototags
from phototags.metrics.summary import COLUMNS
from phototags.params_page import page
from phototags.readme import NOT_YET, filled, short_table

ROOT = Path(__file__).parents[1]


def test_docs_params_is_current():
    current = (ROOT / "docs" / "params.md").read_text(encoding="utf-8")
    assert current == page(), "config.py, settings/ or the systems have changed: run `make docs`"


@pytest.mark.parametrize("name", ["README.md", "docs/best.md"])
def test_the_numbers_of_a_page_are_current(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    now = filled(text, (ROOT / name).parent)
    assert text == now, "the results have changed: run `make docs`"


def test_the_readme_fits_a_screen():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    words = re.sub(r"<!-- (scores|file).*?<!-- end -->", "", text, flags=re.DOTALL)
    assert len(words.splitlines()) <= 60


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_files_that_a_page_links_to_are_there(name):
    made = ("results/",)  # by a run
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8")):
        if not link.startswith(("https://", *made)):
            assert (ROOT / link).exists(), f"{name} links to {link}"


def test_commands_that_a_page_names_are_there():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for name in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\bmake ([a-z]+)\b", (ROOT / name).read_text(encoding="utf-8")):
            assert target in targets, f"{name} names `make {target}`"


def test_version_changelog_and_citation_agree():
    project = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    citation = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    topmost = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert {project[1], citation[1], topmost[1]} == {phototags.__version__}


def test_the_short_table_holds_the_means_in_percent():
    rows = [
        ("a", test, "im2vec", seed, "exact", "map", 0, value, 0.2, 0.4, 9, 4)
        for test, value in (("a", 0.3), ("b", 0.31))
        for seed, value in (("0", 0.9), ("mean", value))
    ]
    made = short_table(pd.DataFrame(rows, columns=COLUMNS)).splitlines()
    assert made[0] == "| system | a P@1 | a R@5 | a mAP | b P@1 | b R@5 | b mAP |"
    assert made[2] == "| im2vec |  |  | 30.0 [20.0, 40.0] |  |  | 31.0 [20.0, 40.0] |"


def test_blocks_are_replaced_and_nothing_else(tmp_path):
    (tmp_path / "cost.md").write_text("Two minutes.\n")
    text = "before\n<!-- file cost.md -->\nold\n<!-- end -->\n<!-- file no.md -->\n<!-- end -->\n"
    made = filled(text, tmp_path)
    assert "before\n<!-- file cost.md -->\nTwo minutes.\n<!-- end -->" in made
    assert f"<!-- file no.md -->\n{NOT_YET}\n<!-- end -->" in made
    assert filled(made, tmp_path) == made
