"""Seeds and their mean in one table; what the run is judged by first."""

import numpy as np
import pandas as pd
import pytest

from phototags.errors import CorpusError
from phototags.evaluation.metrics.resamples import confidence_interval, draw_resamples
from phototags.evaluation.metrics.summary import (
    COLUMNS,
    first_bridge_rows,
    mean_rows,
    metric_name,
    nest_metrics,
    read_scores,
    summarise_scores,
    summarise_tag_vectors,
)

PHOTOS = 60


def judged(values, bridges=("exact",), photos=PHOTOS):
    """A scores parquet as score_tagger writes it: precision@1 and n_plus of each bridge."""
    drawn = draw_resamples(np.arange(PHOTOS), 40, seed=0)
    replicates = drawn.replicate(drawn.weights @ values / drawn.weights.sum(axis=1))
    rows = [
        {"bridge": bridge, "metric": metric, "k": k, "value": values.mean() * scale}
        | {"photos": photos, "tags": 30, "replicates": replicates * scale}
        for bridge in bridges
        for metric, k, scale in (("precision", 1, 1), ("n_plus", 5, 30))
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def run(tmp_path):
    """Two systems, two seeds, on the own and on another corpus through two bridges."""
    generator, jobs, files = np.random.default_rng(0), [], []
    for test, bridges in (("shapes", ["exact"]), ("stamps", ["exact", "lemma"])):
        for system in ("random", "im2vec"):
            for seed in (10, 2):
                path = tmp_path / f"{test}_{system}_{seed}.parquet"
                judged(generator.random(PHOTOS), bridges).to_parquet(path)
                jobs.append(["shapes", test, system, seed])
                files.append(path)
    return files, jobs


def test_rows_stand_in_the_order_of_the_jobs_and_the_mean_after_its_seeds(run):
    table = summarise_scores(*run)
    assert list(table.columns) == COLUMNS
    order = table[["test", "system", "seed"]].drop_duplicates().values.tolist()
    assert order == [
        [test, system, seed]
        for test in ("shapes", "stamps")
        for system in ("random", "im2vec")
        for seed in ("10", "2", "mean")
    ]


def test_the_mean_row_is_the_mean_of_the_seeds_and_of_their_replicates(run):
    files, jobs = run
    table = summarise_scores(files[:2], jobs[:2])
    seeds = [pd.read_parquet(file).iloc[0] for file in files[:2]]
    value = np.mean([seed.value for seed in seeds])
    expected = confidence_interval(value, np.mean([seed.replicates for seed in seeds], axis=0), 1.0)
    mean = mean_rows(table).iloc[0]
    assert mean["value"] == round(value, 6)
    assert (mean["low"], mean["high"]) == tuple(np.round(expected, 6))


def test_the_interval_of_the_mean_of_seeds_is_narrower_than_those_of_the_seeds(run):
    table = summarise_scores(*run)
    of = table[(table["system"] == "im2vec") & (table["test"] == "shapes") & (table["k"] == 1)]
    width = (of["high"] - of["low"]).set_axis(of["seed"])
    assert width["mean"] < min(width["10"], width["2"])


def test_the_interval_of_a_number_of_words_may_exceed_one(run):
    table = summarise_scores(*run)
    words = table[table["metric"] == "n_plus"]
    assert (words["high"] > 1).all() and (words["high"] <= 30).all()


def test_a_single_seed_is_its_own_mean(run):
    files, jobs = run
    table = summarise_scores(files[:1], jobs[:1])
    numbers = ["value", "low", "high"]
    assert (
        table[table.seed == "10"][numbers].values.tolist()
        == mean_rows(table)[numbers].values.tolist()
    )


def test_seeds_judged_on_different_photos_are_refused(run, tmp_path):
    files, jobs = run
    judged(np.ones(PHOTOS), photos=PHOTOS - 1).to_parquet(files[1])
    with pytest.raises(CorpusError, match="10, 2 of random, trained on shapes"):
        summarise_scores(files[:2], jobs[:2])


def test_a_bridge_that_reached_no_word_leaves_no_row(tmp_path):
    path = tmp_path / "empty.parquet"
    judged(np.ones(PHOTOS)).iloc[:0].to_parquet(path)
    assert summarise_scores([path, path], [["a", "b", "s", 0], ["a", "b", "s", 1]]).empty


def test_numbers_have_six_decimals_and_survive_the_csv(run, tmp_path):
    table = summarise_scores(*run)
    table.to_csv(tmp_path / "scores.csv", index=False, lineterminator="\n")
    pd.testing.assert_frame_equal(read_scores(tmp_path / "scores.csv"), table, check_dtype=False)
    longest = max(len(str(value).split(".")[1]) for value in table["value"])
    assert longest <= 6


def test_the_strictest_bridge_of_each_pair_is_the_first(run):
    assert set(first_bridge_rows(summarise_scores(*run))["bridge"]) == {"exact"}


def test_the_metrics_for_dvc_are_the_means_of_the_strictest_bridge(run):
    table = summarise_scores(*run)
    tree = nest_metrics(table)
    chosen = mean_rows(table).query("test == 'stamps' and system == 'im2vec' and bridge == 'exact'")
    assert tree["shapes"]["stamps"]["im2vec"] == {
        metric_name(row.metric, row.k): row.value for row in chosen.itertuples()
    }
    assert list(tree["shapes"]) == ["shapes", "stamps"]


def test_tag_vectors_are_summed_up_as_taggers_are(run, tmp_path):
    files, jobs = run
    together = [
        pd.read_parquet(file).assign(system=system, seed=seed)
        for file, (_, test, system, seed) in zip(files, jobs, strict=True)
        if test == "shapes"
    ]
    pd.concat(together).to_parquet(tmp_path / "tag_scores.parquet")
    made = summarise_tag_vectors([tmp_path / "tag_scores.parquet"], [["shapes", "shapes"]])
    asked = [job[1] == "shapes" for job in jobs]
    expected = summarise_scores(
        *([one for one, wanted in zip(all_, asked, strict=True) if wanted] for all_ in run)
    )
    pd.testing.assert_frame_equal(made, expected)


def test_without_a_photo_to_ask_the_table_has_columns_only(run, tmp_path):
    pd.read_parquet(run[0][0]).assign(system="a", seed=0).iloc[:0].to_parquet(tmp_path / "no.pq")
    assert list(summarise_tag_vectors([tmp_path / "no.pq"], [["a", "b"]]).columns) == COLUMNS
