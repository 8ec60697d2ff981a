"""tag_vectors.md says what tag_vectors.csv says."""

import pandas as pd

from phototags.evaluation.metrics.summary import COLUMNS
from phototags.report.tables.score_pages import format_tag_vectors


def test_there_is_a_table_a_pair_with_both_measures():
    rows = [
        ("a", test, system, seed, "exact", metric, k, value, value - 0.1, value + 0.1, 1200, 40)
        for test in ("a", "b")
        for system, value in (("frequency", 0.2), ("tag-vectors", 0.5))
        for seed in ("0", "1", "mean")
        for metric, k in (("recall", 10), ("mrr", 0))
    ]
    text = format_tag_vectors(pd.DataFrame(rows, columns=COLUMNS))
    assert "## a\n" in text and "## a → b\n" in text
    assert text.count("1,200 test photos with two tags or more of 40, 2 seeds.") == 2
    cells = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    assert cells.count(["", "tag-vectors", "50.0 [40.0, 60.0]", "50.0 [40.0, 60.0]", ""]) == 2


def test_a_run_without_two_tags_on_a_photo_says_so():
    assert "No test photo" in format_tag_vectors(pd.DataFrame(columns=COLUMNS))
