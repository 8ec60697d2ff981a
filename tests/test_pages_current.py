"""Pages made by a command are as the command would make them, and the version is one."""

import re
from pathlib import Path

import pandas as pd
import pytest

import phototags
from phototags.errors import PhototagsError
from phototags.metrics.summary import COLUMNS
from phototags.params_page import page as params_page
from phototags.readme import BLOCK, NOT_YET, filled, short_table, validation_table

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_docs_params_is_current():
    current = (ROOT / "docs" / "params.md").read_text(encoding="utf-8")
    assert current == params_page(), (
        "config.py, settings/ or the systems have changed: run `make docs`"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_numbers_of_a_page_are_current(page):
    text = page.read_text(encoding="utf-8")
    starts = len(re.findall(r"^<!-- (?!end)", text, re.MULTILINE))
    assert len(BLOCK.findall(text)) == starts == text.count("<!-- end -->"), "a block is misspelt"
    assert NOT_YET not in text and "TO FILL" not in text, "a result is missing"
    assert text == filled(text, page.parent), "the results have changed: run `make docs`"


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


@pytest.fixture
def transferred(tmp_path):
    """Lines of a block over scores of two systems; both corpora were tested on the second."""
    rows = [
        (train, "b", system, "mean", "exact", metric, k, value, value - 0.1, value + 0.1, 9, 4)
        for train, system, value in (("a", "noisy", 0.3), ("b", "noisy", 0.5), ("b", "clean", 0.4))
        for metric, k in (("precision", 1), ("n_plus", 5))
    ]
    pd.DataFrame(rows, columns=COLUMNS).to_csv(tmp_path / "scores.csv", index=False)

    def of(said: str) -> list[str]:
        return filled(f"<!-- scores scores.csv{said} -->\n<!-- end -->", tmp_path).splitlines()[
            1:-1
        ]

    return of


def test_a_block_may_choose_corpora_systems_and_measures(transferred):
    asked = transferred(" from=b systems=clean measures=N+,P@1")
    assert [asked[0], *asked[2:]] == [
        "| system | b N+ | b P@1 |",
        "| clean | 0.4 [0, 0] | 40.0 [30.0, 50.0] |",
    ]


def test_columns_name_both_corpora_where_two_were_tested_on_one(transferred):
    made = transferred(" measures=P@1")
    assert made[0] == "| system | a → b P@1 | b → b P@1 |"
    assert made[2] == "| noisy | 30.0 [20.0, 40.0] | 50.0 [40.0, 60.0] |"


def test_a_block_without_an_end_swallows_nothing(tmp_path):
    (tmp_path / "a.md").write_text("A")
    (tmp_path / "b.md").write_text("B")
    text = "<!-- file a.md -->\nprose\n<!-- file b.md -->\n<!-- end -->\n"
    made = filled(text, tmp_path)
    assert made == "<!-- file a.md -->\nprose\n<!-- file b.md -->\nB\n<!-- end -->\n"


@pytest.mark.parametrize("said", ["from=c", "systems=nosiy", "measures=P@2", "form=b"])
def test_a_block_that_asks_for_what_there_is_not_is_refused(transferred, said):
    with pytest.raises(PhototagsError):
        transferred(f" {said}")


def test_the_validation_table_has_the_mean_of_the_seeds_best_epochs():
    rows = [
        ("a", "im2vec", "0", 1, 0.5),
        ("a", "im2vec", "0", 2, 0.1),
        ("a", "im2vec", "1", 1, 0.2),
        ("b", "khot", "0", 0, 0.25),
    ]
    columns = ["train", "system", "seed", "epoch", "validation_map"]
    made = validation_table(pd.DataFrame(rows, columns=columns)).splitlines()
    assert made[0] == "| system | a validation mAP | b validation mAP |"
    assert made[2:] == ["| im2vec | 35.0 |  |", "| khot |  | 25.0 |"]


def test_a_file_loses_the_title_of_its_own_page(tmp_path):
    (tmp_path / "users.md").write_text("# Users\n\nGains.\n\n## More\n")
    made = filled("<!-- file users.md -->\n<!-- end -->", tmp_path)
    assert made == "<!-- file users.md -->\nGains.\n\n## More\n<!-- end -->"


def test_blocks_are_replaced_and_nothing_else(tmp_path):
    (tmp_path / "cost.md").write_text("Two minutes.\n")
    text = "before\n<!-- file cost.md -->\nold\n<!-- end -->\n<!-- file no.md -->\n<!-- end -->\n"
    made = filled(text, tmp_path)
    assert "before\n<!-- file cost.md -->\nTwo minutes.\n<!-- end -->" in made
    assert f"<!-- file no.md -->\n{NOT_YET}\n<!-- end -->" in made
    assert filled(made, tmp_path) == made
