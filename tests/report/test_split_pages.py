"""Pages of scores over splits and of systems in pairs, with numbers written down by hand."""

import pandas as pd

from phototags.evaluation.metrics.split_means import BAND_COLUMNS, PAIR_COLUMNS, SPLIT_COLUMNS
from phototags.evaluation.metrics.summary import NAMES
from phototags.report.tables.split_pages import format_pairs, format_splits


def split_rows(test: str, users: int, values: dict[str, float]) -> list[tuple]:
    """Rows of a splits.csv: two splits and their mean, of each system and metric."""
    return [
        ("sea", test, system, seed, "exact", metric, k, value, value - 0.05, value + 0.05, 50, 9)
        + (users,)
        for system, value in values.items()
        for seed in ("3", "8", "mean")
        for metric, k in NAMES
    ]


def rows_of(text: str) -> list[list[str]]:
    """The cells of the table lines, without rules."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


SPLITS = pd.DataFrame(
    split_rows("sea", 21, {"random": 0.1, "im2vec": 0.5}) + split_rows("sky", 50, {"random": 0.2}),
    columns=SPLIT_COLUMNS,
)
BANDS = pd.DataFrame(
    [("sea", "sea", system, band, "map", 0, value, 0.1, 0.6, 2, 50, tags, 21)
     for system, value in (("random", 0.15), ("im2vec", 0.4))
     for band, tags in (("1-10", 4), ("over 100", 5))],
    columns=BAND_COLUMNS,
)  # fmt: skip
PAIRS = pd.DataFrame(
    [("sea", "sea", "im2vec", "random", "precision", 1, 0.4, 0.3, 0.5, 0.0, 0.0),
     ("sea", "sea", "im2vec", "random", "recall", 5, 0.04, -0.01, 0.09, 0.02, 0.06),
     ("sea", "sea", "im2vec", "random", "map", 0, -0.1, -0.15, -0.05, 0.01, 0.03)],
    columns=PAIR_COLUMNS,
)  # fmt: skip


def test_each_corpus_has_a_table_of_means_and_one_by_training_photos_where_there_is_one():
    text = format_splits(SPLITS, BANDS)
    head, first, second, bands, *rows, _, other = rows_of(text)
    assert head == ["system", *NAMES.values()]
    assert first[:2] == ["random", "10.0 [5.0, 15.0]"] and second[0] == "im2vec"
    assert bands == ["system", "1-10 (4)", "over 100 (5)"]
    assert rows == [["random", *["15.0 [10.0, 60.0]"] * 2], ["im2vec", *["40.0 [10.0, 60.0]"] * 2]]
    assert other[0] == "random"
    assert "2 splits, on average 50 test photos of 21 users and 9 words" in text
    assert "## sea → sky\n\n2 splits, on average 50 test photos and 9 words" in text


def test_differences_below_the_level_are_bold_and_each_has_its_p():
    head, row = rows_of(format_pairs(PAIRS))
    assert head == ["systems", "P@1", "R@5", "mAP"]
    assert row == [
        "im2vec - random",
        "**+40.0 [+30.0, +50.0]** < .001",
        "+4.0 [-1.0, +9.0] .060",
        "**-10.0 [-15.0, -5.0]** .030",
    ]


def test_a_run_with_one_system_says_that_there_is_no_pair():
    assert "This run has one system" in format_pairs(PAIRS.iloc[:0])
