"""Means over splits, their intervals, and systems compared in pairs."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from phototags.errors import CorpusError
from phototags.evaluation.metrics.split_means import (
    BAND_COLUMNS,
    PAIR_COLUMNS,
    SPLIT_COLUMNS,
    adjust_holm,
    compare_scores,
    compare_systems,
    split_interval,
    standard_error,
    summarise_splits,
)
from phototags.evaluation.metrics.summary import mean_rows, read_scores
from phototags.io.storage import write_csv

SYSTEMS, SEEDS, RESAMPLES = ("frequency", "multihot", "im2vec"), (4, 7, 9, 11), 25
MEASURES = [("precision", 1), ("recall", 5), ("miap", 0), ("n_plus", 5), ("map", 0)]


def invent_scores(seed: int = 0) -> pd.DataFrame:
    """Scores of three systems on four splits and two test corpora, one replicate not a number."""
    rng, rows = np.random.default_rng(seed), []
    for split in SEEDS:
        for system in SYSTEMS:
            for test in ("sea", "sky"):
                for metric, k in MEASURES:
                    value = rng.uniform(0.3, 0.6)
                    replicates = rng.normal(value, 0.05, RESAMPLES)
                    row = {"train": "sea", "seed": split, "test": test, "system": system}
                    row |= {"bridge": "exact", "training_photos": "all", "metric": metric, "k": k}
                    row |= {"photos": 100 + split, "tags": 9, "users": 20, "value": value}
                    rows.append(row | {"replicates": replicates})
                    if metric == "map":
                        rows.append(row | {"training_photos": "1-10", "replicates": replicates / 2})
    rows[0]["replicates"][3] = np.nan
    return pd.DataFrame(rows)


def slow_error(values, replicates) -> float:
    """Standard error of a mean over splits, number by number."""
    means = []
    for resample in range(len(replicates[0])):
        known = [row[resample] for row in replicates if row[resample] == row[resample]]
        if known:
            means.append(sum(known) / len(known))
    centre = sum(means) / len(means)
    of_users = sum((mean - centre) ** 2 for mean in means) / len(means)
    mean = sum(values) / len(values)
    between = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return (of_users + between / len(values)) ** 0.5


def select(scores: pd.DataFrame, **values) -> pd.DataFrame:
    """The rows with these values, the splits in their order."""
    for column, value in values.items():
        scores = scores[scores[column] == value]
    return scores


def test_the_mean_and_its_interval_are_those_of_a_slow_loop():
    scores = invent_scores()
    table, _ = summarise_splits(scores)
    assert list(table) == SPLIT_COLUMNS
    for row in mean_rows(table).itertuples():
        keys = {name: getattr(row, name) for name in ("test", "system", "metric", "k")}
        of = select(scores, training_photos="all", **keys)
        value = sum(of["value"]) / len(SEEDS)
        half = norm.ppf(0.975) * slow_error([*of["value"]], [*of["replicates"]])
        top = 9.0 if row.metric == "n_plus" else 1.0
        expected = value, max(0, value - half), min(top, value + half)
        assert (row.value, row.low, row.high) == pytest.approx(expected, abs=1e-6)
        assert (row.photos, row.users) == (round(100 + sum(SEEDS) / 4), 20)


def test_each_split_has_a_row_before_the_mean():
    table, _ = summarise_splits(invent_scores())
    of = select(table, test="sky", system="im2vec", metric="map")
    assert of["seed"].tolist() == ["4", "7", "9", "11", "mean"]
    assert of["value"].iloc[:-1].mean() == pytest.approx(of["value"].iloc[-1], abs=1e-6)


def test_bands_of_tags_stand_in_a_table_of_their_own():
    scores = invent_scores()
    _, bands = summarise_splits(scores)
    assert list(bands) == BAND_COLUMNS and len(bands) == 2 * len(SYSTEMS)
    of = select(scores, training_photos="1-10", test="sea", system="multihot")
    row = select(bands, test="sea", system="multihot").iloc[0]
    half = norm.ppf(0.975) * slow_error([*of["value"]], [*of["replicates"]])
    assert row["high"] - row["low"] == pytest.approx(2 * half, abs=2e-6)
    assert (row["splits"], row["training_photos"]) == (4, "1-10")


def test_the_table_survives_its_csv(tmp_path):
    table, _ = summarise_splits(invent_scores())
    write_csv(tmp_path / "splits.csv", table)
    pd.testing.assert_frame_equal(read_scores(tmp_path / "splits.csv"), table, check_dtype=False)


def test_splits_that_agree_leave_the_error_of_their_common_users():
    values, replicates = np.full(3, 0.5), np.tile([0.4, 0.6, 0.5], (3, 1))
    assert standard_error(values, replicates) == pytest.approx(np.std([0.4, 0.6, 0.5]))


def test_users_who_change_nothing_leave_the_error_of_a_mean_of_independent_splits():
    values = np.array([0.2, 0.5, 0.4])
    expected = values.std(ddof=1) / np.sqrt(3)
    assert standard_error(values, np.repeat(values[:, None], 5, axis=1)) == pytest.approx(expected)


def test_a_resample_without_photos_in_every_split_is_left_out():
    values, nan = np.array([0.5, 0.5]), np.nan
    replicates = np.array([[0.4, nan, 0.6], [nan, nan, 0.8]])
    assert standard_error(values, replicates) == pytest.approx(np.std([0.4, 0.7]))


@pytest.mark.parametrize(
    ("values", "replicates"), [([0.5], [[0.4, 0.6]]), ([0.5, 0.6], [[np.nan] * 2] * 2)]
)
def test_one_split_or_one_user_says_nothing_of_others(values, replicates):
    given = np.array(values), np.array(replicates)
    assert split_interval(*given, perfect=1.0) == (0.0, 1.0)
    assert compare_scores(given, given)["p"] == 1


def test_a_difference_is_that_of_the_means_on_the_same_splits_and_users():
    scores = invent_scores()
    pairs = compare_systems(scores)
    assert list(pairs) == PAIR_COLUMNS and len(pairs) == 2 * 3 * 3
    for row in pairs.itertuples():
        keys = {"test": row.test, "metric": row.metric, "k": row.k, "training_photos": "all"}
        own, other = (select(scores, system=name, **keys) for name in (row.system, row.over))
        differences = [one - its for one, its in zip(own["value"], other["value"], strict=True)]
        both = zip(own["replicates"], other["replicates"], strict=True)
        error = slow_error(differences, [one - its for one, its in both])
        mean = sum(differences) / len(SEEDS)
        half = norm.ppf(0.975) * error
        assert (row.difference, row.low, row.high, row.p) == pytest.approx(
            (mean, mean - half, mean + half, 2 * norm.sf(abs(mean) / error)), abs=2e-6
        )


def test_pairs_are_a_system_less_one_before_it():
    pairs = compare_systems(invent_scores())
    named = list(dict.fromkeys(zip(pairs["system"], pairs["over"], strict=True)))
    before = [("multihot", "frequency"), ("im2vec", "frequency"), ("im2vec", "multihot")]
    assert named == before


def test_what_varies_in_both_systems_alike_does_not_blur_their_difference():
    rng = np.random.default_rng(1)
    values, replicates = rng.random(6), rng.random((6, 30))
    better = compare_scores((values + 0.01, replicates + 0.01), (values, replicates))
    assert better["difference"] == pytest.approx(0.01) and better["p"] < 1e-6
    assert better["low"] == pytest.approx(0.01) == better["high"]


def test_equal_systems_do_not_differ():
    values, replicates = np.array([0.2, 0.3]), np.array([[0.1, 0.3], [0.3, 0.3]])
    same = compare_scores((values, replicates), (values, replicates))
    assert same == {"difference": 0.0, "low": 0.0, "high": 0.0, "p": 1.0}


def test_systems_of_other_splits_are_refused():
    scores = invent_scores()
    scores = scores[(scores["system"] != "im2vec") | (scores["seed"] != 7)]
    with pytest.raises(CorpusError, match="im2vec and frequency should be scored on the same"):
        compare_systems(scores)


def test_a_system_alone_has_no_pair():
    pairs = compare_systems(select(invent_scores(), system="im2vec"))
    assert pairs.empty and list(pairs) == PAIR_COLUMNS


def slow_holm(p: list[float]) -> list[float]:
    """Step-down as Holm (1979) states it: p_(i) at least (m - j + 1) p_(j) for all j <= i."""
    ranked = sorted(p)
    adjusted = [
        min(1.0, max((len(p) - j) * ranked[j] for j in range(i + 1))) for i in range(len(p))
    ]
    return [adjusted[ranked.index(one)] for one in p]


def test_holm_is_that_of_the_definition():
    rng = np.random.default_rng(3)
    for number in (1, 2, 9, 30):
        p = rng.random(number) ** 3
        assert adjust_holm(p).tolist() == pytest.approx(slow_holm(p.tolist()))


def test_holm_is_that_of_r():
    """p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") of R: 0.03 0.06 0.06 0.02."""
    assert adjust_holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx(
        [0.03, 0.06, 0.06, 0.02]
    )


def test_p_is_adjusted_over_the_pairs_of_a_metric_on_a_corpus():
    pairs = compare_systems(invent_scores())
    for _, of in pairs.groupby(["test", "metric"]):
        assert of["adjusted_p"].tolist() == pytest.approx(slow_holm([*of["p"]]), abs=5e-6)


def test_equal_scores_give_equal_bytes(tmp_path):
    for name in ("first", "second"):
        splits, bands = summarise_splits(invent_scores())
        for table, file in (
            (splits, "splits"),
            (bands, "bands"),
            (compare_systems(invent_scores()), "p"),
        ):
            write_csv(tmp_path / name / file, table)
    for file in ("splits", "bands", "p"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()
