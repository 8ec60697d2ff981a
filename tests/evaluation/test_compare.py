"""Two scores.csv are the same, or it is said what differs."""

import pandas as pd
import pytest

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.compare import find_differences


@pytest.fixture
def scores():
    row = {"train": "a", "test": "b", "system": "im2vec", "bridge": "exact"}
    counts = {"photos": 100, "tags": 50}
    return pd.DataFrame(
        [
            row | {"seed": seed, "metric": metric, "k": k, "value": value, "low": value - width}
            | {"high": value + width} | counts
            for seed in ("0", "mean")
            for metric, k, value, width in (("precision", 1, 0.4, 0.05), ("n_plus", 5, 30.0, 3.0))
        ]
    )  # fmt: skip


def test_equal_scores_have_no_differences_in_whatever_order(scores):
    assert find_differences(scores, scores.iloc[::-1], tolerance=0) == []


def test_a_value_within_the_tolerance_is_no_difference(scores):
    moved = scores.assign(value=scores["value"] + 0.0099)
    assert find_differences(scores, moved, tolerance=0.01) == []


@pytest.mark.parametrize("number", ["value", "low", "high"])
@pytest.mark.parametrize("row", [0, 2])
def test_each_number_of_seeds_and_means_is_held(scores, number, row):
    moved = scores.copy()
    moved.loc[row, number] += 0.02
    (line,) = find_differences(scores, moved, tolerance=0.01)
    assert f"seed {scores.seed[row]}" in line and f"{number} was" in line


def test_the_tolerance_of_a_number_of_words_is_a_share_of_the_words(scores):
    moved = scores.assign(value=scores["value"].where(scores["metric"] != "n_plus", 30.5))
    assert find_differences(scores, moved, tolerance=0.01) == []
    moved = scores.assign(value=scores["value"].where(scores["metric"] != "n_plus", 31.0))
    assert len(find_differences(scores, moved, tolerance=0.01)) == 2


def test_rows_that_only_one_side_has_are_differences(scores):
    lines = find_differences(scores.iloc[1:], scores.iloc[:-1], tolerance=1)
    assert [line.split(":")[0] for line in lines] == [
        "only in the old scores",
        "only in the new scores",
    ]


def test_other_counts_are_a_difference_whatever_the_tolerance(scores):
    (line, *_) = find_differences(scores, scores.assign(photos=99), tolerance=1)
    assert "photos were 100, are 99" in line


def test_a_value_that_is_missing_is_a_difference(scores):
    assert find_differences(scores, scores.assign(value=float("nan")), tolerance=1)


def test_a_row_that_stands_twice_is_an_error(scores):
    with pytest.raises(PhototagsError, match="have twice"):
        find_differences(scores, pd.concat([scores, scores]), tolerance=1)


def test_a_table_without_the_columns_is_an_error(scores):
    with pytest.raises(PhototagsError, match="columns of a scores.csv"):
        find_differences(scores, scores.drop(columns="low"), tolerance=1)
