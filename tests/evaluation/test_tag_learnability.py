"""What is told of each tag: average precision, intervals, and which tag it is taken for."""

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.evaluation.metrics.all_metrics import compute_metrics
from phototags.evaluation.metrics.ranking import average_precision, rank
from phototags.evaluation.metrics.resamples import Resamples, confidence_interval, draw_resamples
from phototags.evaluation.metrics.score_blocks import as_blocks, as_tag_sets
from phototags.evaluation.tag_learnability import (
    FIRST,
    LEARNABILITY,
    measure_learnability,
    measure_tags,
)
from phototags.features.feature_cache import write_features
from phototags.params.score import Score
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.tagger import save

USERS = np.arange(30) // 3


@pytest.fixture
def judged():
    """(30, 9) scores with ties, tags of photos of ten users; tag 4 of nobody, tag 8 of one user."""
    generator = np.random.default_rng(2)
    scores = generator.integers(0, 6, (30, 9)).astype(np.float32)
    relevant = generator.random((30, 9)) < 0.25
    relevant[:, [4, 8]] = False
    relevant[:2, 8] = True
    relevant[~relevant.any(axis=1), 0] = True
    return scores, relevant, draw_resamples(USERS, 40, seed=1)


def measure(scores, relevant, resamples):
    return measure_tags(as_blocks(scores), as_tag_sets(relevant), USERS, resamples)


def test_average_precision_is_that_of_the_tag_alone_and_its_mean_is_map(judged):
    scores, relevant, resamples = judged
    table = measure(*judged)
    assert table.index.tolist() == [0, 1, 2, 3, 5, 6, 7, 8]
    for tag, row in table.iterrows():
        expected = average_precision(rank(scores[:, [tag]].T, relevant[:, [tag]].T))[0]
        assert row["average_precision"] == pytest.approx(expected)
        assert row["test_photos"] == sum(relevant[:, tag])
        assert row["test_users"] == len(
            {user for user, has in zip(USERS, relevant[:, tag], strict=True) if has}
        )
        assert row["chance"] == pytest.approx(sum(relevant[:, tag]) / 30)
    found = {(one.metric, one.k): one.value for one in compute_metrics(*judged)}
    assert table["average_precision"].mean() == pytest.approx(found["map", 0])


def test_an_interval_is_over_the_resamples_that_have_the_tag(judged):
    scores, relevant, resamples = judged
    row = measure(*judged).loc[2]
    values = []
    for weights in resamples.weights:
        kept = weights > 0
        if relevant[kept, 2].any():
            pair = scores[kept][:, [2]].T, relevant[kept][:, [2]].T
            values.append(average_precision(rank(*pair))[0])
    own = Resamples(resamples.weights[: len(values)], resamples.spread)
    expected = confidence_interval(values[0], own.replicate(np.array(values)), 1.0)
    assert (row["low"], row["high"]) == pytest.approx(expected)


def test_of_a_tag_of_one_user_nothing_follows_for_others(judged):
    row = measure(*judged).loc[8]
    assert row["test_users"] == 1 and (row["low"], row["high"]) == (0, 1)


def test_a_tag_is_taken_for_the_other_that_is_most_often_among_the_first_five(judged):
    scores, relevant, _ = judged
    table = measure(*judged)
    for tag, row in table.iterrows():
        counts = dict.fromkeys(range(9), 0)
        for photo in np.flatnonzero(relevant[:, tag]):
            first = sorted(range(9), key=lambda one, own=scores[photo]: -own[one])[:FIRST]
            for other in first:
                counts[other] += not relevant[photo, other]
        most = max(counts, key=lambda one: (counts[one], -one))
        assert (row["confused_with"], row["confused"]) == (most, counts[most])


def test_a_tag_whose_photos_have_their_own_tags_first_is_taken_for_none():
    scores, resamples = np.eye(30, dtype=np.float32)[:, :3], draw_resamples(USERS, 5, seed=0)
    relevant = np.ones((30, 3), bool)
    table = measure(scores, relevant, resamples)
    assert table["confused_with"].tolist() == [-1] * 3 and table["confused"].tolist() == [0] * 3


@pytest.fixture
def folder(tmp_path):
    """A tagger of two tags, three test photos of which two have a known tag, and their files."""
    config = {"system": {"model": "frequency"}, "features": 4, "tags": 2, "backbone": "tiny"}
    save(FrequencyTagger(torch.tensor([3, 2])), config, tmp_path)
    (tmp_path / "vocabulary.tsv").write_text("tag\tphotos\tusers\nnull\t3\t2\ndog\t2\t2\n")
    head = "tag\tphotos\tusers\tentropy\teffective_users\tvisualness\twhy\n"
    (tmp_path / "candidates.tsv").write_text(
        f"{head}dog\t2\t2\t1\t2\t\tkept\nnull\t3\t2\t1\t2\t0.7\tkept\n"
    )
    tags = [["null"], ["moon"], ["null"], ["dog"]]
    table = {"row": range(4), "photo_id": list("abcd"), "user_id": list("uvuv"), "tags": tags}
    pd.DataFrame(table).to_parquet(tmp_path / "tags")
    parts = ["train", "test", "test", "test"]
    pd.DataFrame({"row": range(4), "part": parts}).to_parquet(tmp_path / "split")
    write_features(tmp_path / "features", torch.arange(4), torch.ones(4, 4), "tiny")
    return tmp_path


def measure_folder(folder):
    files = (folder / name for name in ("candidates.tsv", "tags", "split"))
    settings = Score(bridges=["exact"], min_test_photos=1, resamples=5, seed=0)
    return measure_learnability(folder, *files, [folder / "features"], settings)


def test_the_table_joins_what_was_learned_from_with_what_was_tested(folder):
    table = measure_folder(folder)
    assert list(table) == LEARNABILITY
    null, dog = (row for _, row in table.iterrows())
    assert (null["tag"], null["photos"], null["users"], null["visualness"]) == ("null", 3, 2, 0.7)
    assert dog["tag"] == "dog" and np.isnan(dog["visualness"])
    assert dog["average_precision"] == pytest.approx((1 / 1 + 1 / 2) / 2)  # of two equal scores
    assert (dog["confused_with"], dog["confused"]) == ("null", 1)


def test_without_a_test_photo_the_table_is_empty(folder):
    split = pd.read_parquet(folder / "split").assign(part="train")
    split.to_parquet(folder / "split")
    assert measure_folder(folder).empty
