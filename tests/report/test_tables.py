"""What a person reads in the tables is what scores.csv says."""

from pathlib import Path

import pandas as pd
import pytest

from phototags.evaluation.metrics.summary import NAMES
from phototags.report.markdown import format_table
from phototags.report.tables.cells import format_interval
from phototags.report.tables.published import (
    MEASURES,
    PROTOCOLS,
    format_published,
    format_published_alone,
)
from phototags.report.tables.score_pages import format_bridges, format_headline

VALUES = {"random": 0.1, "neighbours": 0.5, "im2vec": 0.52}


def frame(train, test, words=40, kinds=("exact",), width=0.05):
    """A scores.csv of three systems, one seed and its mean, all metrics of one value."""
    measures = dict.fromkeys([*NAMES, *((metric, 5) for metric in MEASURES)])
    return pd.DataFrame(
        [
            {"train": train, "test": test, "system": system, "seed": seed, "bridge": kind}
            | {"metric": metric, "k": k, "photos": 1200, "tags": words}
            | {
                name: number * (words if metric == "n_plus" else 1)
                for name, number in zip(
                    ("value", "low", "high"), (value, value - width, value + width), strict=True
                )
            }
            for system, value in VALUES.items()
            for seed in ("0", "mean")
            for kind in kinds
            for metric, k in measures
        ]
    )


def rows_of(markdown):
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in markdown.splitlines()
        if line.startswith("|") and not line.startswith("|:")
    ]


def test_a_table_in_markdown_has_as_many_cells_in_each_line():
    lines = format_table(["a", "b"], [["long name", "1"], ["x|y", "22"]]).splitlines()
    assert len({len(line) for line in lines[:3]}) == 1
    assert lines[3] == r"| x\|y      | 22 |"


def test_scores_are_percent_and_words_are_words():
    row = pd.Series({"metric": "map", "value": 0.2814, "low": 0.2, "high": 0.3})
    assert format_interval(row) == "28.1 [20.0, 30.0]"
    row = pd.Series({"metric": "n_plus", "value": 158.0, "low": 150.2, "high": 165.9})
    assert format_interval(row) == "158 [150, 166]"


def test_the_headline_has_a_table_for_each_test_corpus():
    text = format_headline(pd.concat([frame("a", "a"), frame("a", "b", kinds=("exact", "lemma"))]))
    assert "## a\n" in text and "## a → b" in text
    head, *rows = rows_of(text)[:4]
    assert head == ["system", *NAMES.values()]
    assert rows[2][:2] == ["im2vec", "52.0 [47.0, 57.0]"]
    assert rows[0][:2] == ["random", "10.0 [5.0, 15.0]"]
    assert "1,200 test photos, 40 words" in text and "1 seed." in text


def test_bridges_are_shown_for_other_corpora_only():
    text = format_bridges(pd.concat([frame("a", "a"), frame("a", "b", kinds=("exact", "lemma"))]))
    head, *rows = rows_of(text)
    assert head[:4] == ["bridge", "system", "words", "photos"]
    assert [row[:2] for row in rows] == [
        [kind, system] for kind in ("exact", "lemma") for system in VALUES
    ]
    assert "## a\n" not in text


def test_a_run_on_one_corpus_says_that_it_has_no_bridges():
    assert "Every test corpus of this run has the model's words" in format_bridges(frame("a", "a"))


def test_our_rows_stand_under_all_published_rows():
    text = format_published(frame("corel5k-260", "corel5k-260", words=260))
    head, *rows = rows_of(text)
    assert head == ["method", "source", "P", "R", "F1", "N+"]
    assert rows[1][0] == "TagProp σML (2009)" and rows[1][2:] == ["33", "42", "37.0", "160"]
    assert [row[0] for row in rows[len(PROTOCOLS["corel5k-260"].rows) :]] == list(VALUES)
    assert rows[-1][2:] == ["52.0 [47.0, 57.0]"] * 3 + ["135.2 [122, 148]"]
    assert "1200 test photos, 260 words" in text


@pytest.mark.parametrize("corpus", PROTOCOLS)
def test_published_f1_is_the_harmonic_mean_of_published_precision_and_recall(corpus):
    for row in PROTOCOLS[corpus].rows:
        if (corpus, row.method) == ("iaprtc12-291", "NSIDML"):
            continue  # 45.2 is published beside P 56.9 and R 36.5, whose harmonic mean is 44.5
        mean = 2 * row.precision * row.recall / (row.precision + row.recall)
        assert row.f1 == pytest.approx(mean, abs=0.6)  # P and R are rounded to whole percents


def test_each_corpus_of_a_run_stands_under_its_own_published_rows():
    both = [frame(corpus, corpus, words=260) for corpus in ("corel5k-260", "iaprtc12-291")]
    text = format_published(pd.concat(both))
    corel, iapr = text.split("IAPR TC-12 in the 291-word form")
    last = [rows_of(part)[-1 - len(VALUES)] for part in (corel, iapr)]
    assert [row[-1] for row in last] == ["202", "287"]
    assert "ESP Game" not in text


def test_the_committed_page_of_published_rows_is_what_the_command_writes():
    committed = Path(__file__).parents[2] / "results/benchmarks/published.md"
    assert committed.read_text("utf-8") == format_published_alone()


def test_a_run_without_a_published_corpus_says_so():
    assert "No corpus of this run is scored by a published protocol" in format_published(
        frame("a", "a")
    )


@pytest.mark.parametrize("write", [format_headline, format_bridges, format_published])
def test_tables_of_no_scores_are_pages_without_tables(write):
    assert rows_of(write(frame("a", "a").iloc[:0])) == []
