"""Pages made by a command are as the command would make them, and the version is one."""

import copy
import pkgutil
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest
import yaml
from snakemake.utils import update_config

import phototags
from phototags.docs.fill_pages import (
    BLOCK,
    NOT_YET,
    fill_page,
    tabulate_scores,
    tabulate_validation,
)
from phototags.docs.params_page import write_page
from phototags.errors import ParamsError, PhototagsError
from phototags.evaluation.metrics.summary import COLUMNS
from phototags.workflow.config import validate_params

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_docs_params_is_current():
    current = (ROOT / "docs" / "params.md").read_text(encoding="utf-8")
    assert current == write_page(), (
        "a key of params.yaml or its description has changed: run `make docs`"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_numbers_of_a_page_are_current(page):
    text = page.read_text(encoding="utf-8")
    starts = len(re.findall(r"<!-- (?!end)", text))
    assert len(BLOCK.findall(text)) == starts == text.count("<!-- end -->"), "a block is misspelt"
    first = re.search(r"^[\s>*-]*<!-- cell.*", text, re.MULTILINE)
    assert not first, f"Markdown takes this line for HTML, put a word before it: {first[0]}"
    assert NOT_YET not in text and "TO FILL" not in text, "a result is missing"
    assert text == fill_page(text, page.parent), "the results have changed: run `make docs`"


def test_the_readme_fits_a_screen():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    words = re.sub(r"<!-- (scores|file).*?<!-- end -->", "", text, flags=re.DOTALL)
    assert len(words.splitlines()) <= 60


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_files_that_a_page_links_to_are_there(page):
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not link.startswith("https://"):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_modules_and_functions_that_a_page_names_are_there(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"(?<![\w.])phototags(?:\.\w+)+", text):
        try:
            pkgutil.resolve_name(name)
        except (ImportError, AttributeError) as error:
            pytest.fail(f"{page.name} names {name}: {error}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_keys_of_params_that_a_page_shows_are_known(page):
    defaults = yaml.safe_load((ROOT / "params.yaml").read_text())
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        shown = yaml.safe_load(textwrap.dedent(block))
        if shown.keys() <= defaults.keys() | {"users", "download"}:
            params = copy.deepcopy(defaults)
            update_config(params, shown)
            try:
                validate_params(params)
            except ParamsError as error:
                assert not re.search("not permitted|is called", str(error)), f"{page.name}: {error}"


def test_commands_that_a_page_names_are_there():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"(?:`|^ *)make ([a-z-]+)", page.read_text(), re.MULTILINE):
            assert target in targets, f"{page.name} names `make {target}`"


def test_scripts_that_a_page_names_are_there():
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for file in re.findall(r"\b(?:tests|phototags|profiles)/[\w/-]+\.\w+", page.read_text()):
            assert (ROOT / file).exists(), f"{page.name} names {file}"


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
    made = tabulate_scores(pd.DataFrame(rows, columns=COLUMNS), ("P@1", "R@5", "mAP")).splitlines()
    assert made[0] == "| system | a P@1 | a R@5 | a mAP | b P@1 | b R@5 | b mAP |"
    assert made[2] == "| im2vec |  |  | 30.0 [20.0, 40.0] |  |  | 31.0 [20.0, 40.0] |"


@pytest.fixture
def fill_scores(tmp_path):
    """Fill a block with scores of two systems; both corpora were tested on the second."""
    rows = [
        (train, "b", system, "mean", "exact", metric, k, value, value - 0.1, value + 0.1, 9, 4)
        for train, system, value in (("a", "noisy", 0.3), ("b", "noisy", 0.5), ("b", "clean", 0.4))
        for metric, k in (("precision", 1), ("n_plus", 5))
    ]
    pd.DataFrame(rows, columns=COLUMNS).to_csv(tmp_path / "scores.csv", index=False)

    def fill(options: str) -> list[str]:
        return fill_page(
            f"<!-- scores scores.csv{options} -->\n<!-- end -->", tmp_path
        ).splitlines()[1:-1]

    return fill


def test_a_block_may_select_corpora_systems_and_measures(fill_scores):
    lines = fill_scores(" from=b systems=clean measures=N+,P@1")
    assert [lines[0], *lines[2:]] == [
        "| system | b N+ | b P@1 |",
        "| clean | 0.4 [0, 0] | 40.0 [30.0, 50.0] |",
    ]


def test_a_block_may_select_a_bridge(fill_scores, tmp_path):
    """The default is the first bridge of the run."""
    rows = pd.read_csv(tmp_path / "scores.csv")
    wider = rows.assign(bridge="lemma", value=rows["value"] + 0.2)
    pd.concat([rows, wider]).to_csv(tmp_path / "scores.csv", index=False)
    options = " from=b systems=clean measures=P@1"
    cells = [fill_scores(options + bridge)[2] for bridge in ("", " bridge=exact", " bridge=lemma")]
    assert [cell.split()[3] for cell in cells] == ["40.0", "40.0", "60.0"]


def test_columns_name_both_corpora_where_two_were_tested_on_one(fill_scores):
    made = fill_scores(" measures=P@1")
    assert made[0] == "| system | a → b P@1 | b → b P@1 |"
    assert made[2] == "| noisy | 30.0 [20.0, 40.0] | 50.0 [40.0, 60.0] |"


def test_a_block_without_an_end_swallows_nothing(tmp_path):
    (tmp_path / "a.md").write_text("A")
    (tmp_path / "b.md").write_text("B")
    text = "<!-- file a.md -->\nprose\n<!-- file b.md -->\n<!-- end -->\n"
    made = fill_page(text, tmp_path)
    assert made == "<!-- file a.md -->\nprose\n<!-- file b.md -->\nB\n<!-- end -->\n"


@pytest.mark.parametrize(
    "options", ["from=c", "systems=nosiy", "measures=P@2", "form=b", "bridge=synset"]
)
def test_a_block_with_unknown_options_or_names_is_refused(fill_scores, options):
    with pytest.raises(PhototagsError):
        fill_scores(f" {options}")


@pytest.fixture
def fill_cell(tmp_path):
    """Fill a number in a sentence by the options of its cell."""
    lines = (
        "corpus,step,reason,photos,share",
        "a,list_photos,symbol,1247,0.25",
        "a,split,symbol,1247,0.5",
        "a,split,duplicate,4,4.716",
        "b,split,symbol,9,few",
    )
    (tmp_path / "drops.csv").write_text("\n".join(lines) + "\n")

    def fill(options: str) -> str:
        made = fill_page(f"about <!-- cell drops.csv {options} -->12<!-- end --> symbols", tmp_path)
        return re.fullmatch(r"about <!-- cell drops.csv .* -->(.*)<!-- end --> symbols", made)[1]

    return fill


def test_a_number_in_a_sentence_is_the_cell_that_it_names(fill_cell):
    assert fill_cell("column=photos corpus=b") == "9"
    assert fill_cell("column=share reason=duplicate") == "4.72"


def test_rows_that_agree_are_one_number(fill_cell):
    assert fill_cell("column=photos corpus=a reason=symbol") == "1,247"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ("column=photos corpus=a", "3 rows have 1247, 4"),
        ("column=photos corpus=c", "0 rows have none"),
        ("column=photos corpus=b step=list_photos,split", "0 rows have none"),
        ("column=share corpus=b", "1 rows have few"),
        ("column=number", "column 'number'"),
        ("column=photos korpus=a", "column 'korpus'"),
        ("column=photos,share", "column 'photos,share'"),
        ("corpus=b", "column ''"),
    ],
)
def test_a_cell_that_is_not_one_number_is_refused(fill_cell, options, what):
    with pytest.raises(PhototagsError, match=f"{what}.* Correct the block"):
        fill_cell(options)


def test_a_cell_without_its_file_says_so(tmp_path):
    made = fill_page("<!-- cell no.csv column=photos -->7<!-- end --> photos", tmp_path)
    assert made == f"<!-- cell no.csv column=photos -->{NOT_YET}<!-- end --> photos"


def test_the_validation_table_has_the_mean_of_the_seeds_best_epochs():
    rows = [
        ("a", "im2vec", "0", 1, 0.5),
        ("a", "im2vec", "0", 2, 0.1),
        ("a", "im2vec", "1", 1, 0.2),
        ("b", "khot", "0", 0, 0.25),
    ]
    columns = ["train", "system", "seed", "epoch", "validation_map"]
    made = tabulate_validation(pd.DataFrame(rows, columns=columns)).splitlines()
    assert made[0] == "| system | a validation mAP | b validation mAP |"
    assert made[2:] == ["| im2vec | 35.0 |  |", "| khot |  | 25.0 |"]


def test_a_file_loses_the_title_of_its_own_page(tmp_path):
    (tmp_path / "users.md").write_text("# Users\n\nGains.\n\n## More\n")
    made = fill_page("<!-- file users.md -->\n<!-- end -->", tmp_path)
    assert made == "<!-- file users.md -->\nGains.\n\n## More\n<!-- end -->"


def test_the_command_fills_every_page(tmp_path):
    (tmp_path / "cost.csv").write_text("minutes\n2\n")
    pages = [tmp_path / "a.md", tmp_path / "b.md"]
    for page in pages:
        page.write_text("It takes <!-- cell cost.csv column=minutes --><!-- end --> minutes.\n")
    subprocess.run(
        [sys.executable, "-m", "phototags.docs.fill_pages", *pages], cwd=ROOT, check=True
    )
    assert all("column=minutes -->2<!-- end --> minutes" in page.read_text() for page in pages)


def test_blocks_are_replaced_and_nothing_else(tmp_path):
    (tmp_path / "cost.md").write_text("Two minutes.\n")
    text = "before\n<!-- file cost.md -->\nold\n<!-- end -->\n<!-- file no.md -->\n<!-- end -->\n"
    made = fill_page(text, tmp_path)
    assert "before\n<!-- file cost.md -->\nTwo minutes.\n<!-- end -->" in made
    assert f"<!-- file no.md -->\n{NOT_YET}\n<!-- end -->" in made
    assert fill_page(made, tmp_path) == made
