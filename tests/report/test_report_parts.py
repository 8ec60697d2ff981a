"""The parts of the report against algebra: score tables, dropped photos, Markdown, links."""

import pandas as pd
import pytest

from phototags.evaluation.metrics.summary import COLUMNS
from phototags.report.drops import trace_photos
from phototags.report.markdown import parse_blocks
from phototags.report.page_scores import make_score_tables


def table(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


SCORES = table(
    ("a", "a", "random", "0", "exact", "map", 0, 0.9, 0.9, 0.9, 5, 3),
    ("a", "a", "random", "mean", "exact", "map", 0, 0.1, 0.05, 0.2, 5, 3),
    ("a", "a", "im2vec", "mean", "exact", "map", 0, 0.3, 0.25, 0.4, 5, 3),
    ("a", "a", "im2vec", "mean", "lemma", "map", 0, 0.8, 0.8, 0.8, 5, 3),
    ("a", "a", "im2vec", "mean", "exact", "n_plus", 5, 12, 10, 14, 5, 3),
)


def test_a_table_has_a_row_a_system_and_only_what_was_measured():
    (score_table,) = make_score_tables(SCORES)
    assert [measure.name for measure in score_table.measures] == ["N+", "mAP"]
    assert [(system, baseline) for system, baseline, _ in score_table.rows] == [
        ("random", True),
        ("im2vec", False),
    ]
    assert score_table.rows[0][2][0] is None


def test_bars_end_in_percent_of_the_highest_bound():
    (score_table,) = make_score_tables(SCORES)
    cell = score_table.rows[1][2][1]
    assert (cell.bar, cell.low, cell.high, cell.best) == (75, 62.5, 100, True)
    assert (cell.text, cell.interval) == ("30.0", "25.0 to 40.0")


def test_without_precision_there_is_no_sentence():
    assert make_score_tables(SCORES)[0].sentence == ""


def test_the_sentence_names_the_best_system_and_its_baselines():
    scores = table(
        ("a", "b", "frequency", "mean", "exact", "precision", 1, 0.08, 0, 1, 5, 3),
        ("a", "b", "im2vec", "mean", "exact", "precision", 1, 0.49, 0, 1, 5, 3),
    )
    assert make_score_tables(scores)[0].sentence == (
        "The first tag of im2vec was one that people wrote for 49 of 100 test photos of b "
        "(baselines: frequency 8)."
    )


def test_no_scores_give_no_tables():
    assert make_score_tables(SCORES.iloc[:0]) == []


def test_a_flow_goes_down_to_the_photos_used():
    drops = pd.DataFrame(
        [
            ("a", "collect_photos", "duplicate", 5),
            ("a", "embed_photos", "undecodable", 1),
            ("a", "list_photos", "no metadata", 10),
            ("a", "score_tagger", "no word", 7),
            ("b", "list_photos", "symbol", 1),
        ],
        columns=["corpus", "step", "reason", "photos"],
    )
    first, second = trace_photos(drops, {"a": 85, "b": 9})
    assert (first.listed, first.used, first.share) == (100, 84, 84)
    assert [(drop.reason, drop.left) for drop in first.drops] == [
        ("no metadata", 90),
        ("duplicate", 85),
        ("undecodable", 84),
    ]
    assert first.listed - sum(drop.photos for drop in first.drops) == first.used
    assert [drop.reason for drop in first.later] == ["no word"]
    assert (second.listed, second.used) == (10, 9)


def test_a_corpus_without_drops_keeps_all():
    (flow,) = trace_photos(pd.DataFrame(columns=["corpus", "step", "reason", "photos"]), {"a": 3})
    assert (flow.listed, flow.used, flow.drops) == (3, 3, ())


@pytest.mark.parametrize(
    "line, expected",
    [
        ("| a | b |", ("a", "b")),
        ("| a\\|b | c |", ("a|b", "c")),
        ("| **a** | `b_c` |", ("a", "b_c")),
    ],
)
def test_cells_of_a_pipe_table(line, expected):
    (found,) = parse_blocks(f"{line}\n|:--|--:|\n{line}")
    assert found.head == expected and found.rows == (expected,) and found.right == (False, True)


def test_a_short_row_is_filled_up():
    (found,) = parse_blocks("| a | b |\n|---|---|\n| 1 |")
    assert found.rows == (("1", ""),)


def test_lists_and_plain_text_stay_text():
    assert [block.kind for block in parse_blocks("one\ntwo\n\n- item")] == ["text", "text"]
    assert parse_blocks("one\ntwo")[0].text == "one two"
