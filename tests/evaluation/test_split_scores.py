"""Scores of one split: all words, words by their training photos, and resamples of users."""

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.errors import CorpusError
from phototags.evaluation.metrics.all_metrics import compute_metrics
from phototags.evaluation.metrics.resamples import Resamples, draw_resamples
from phototags.evaluation.metrics.summary import NAMES
from phototags.evaluation.split_scores import find_bands, score_words
from phototags.evaluation.split_tests import TestFiles, prepare_test
from phototags.features.feature_cache import write_features
from phototags.params.score import Score
from phototags.tags.vocabulary import TagVocabulary

TRAINING = [2, 10, 11, 30, 31, 100, 101, 5000]
SETTINGS = Score(bridges=["exact", "lemma"], min_test_photos=1, resamples=12, seed=5)


def draw(photos: int = 40, seed: int = 0):
    """Scores and tags of photos with eight words, and their users."""
    rng = np.random.default_rng(seed)
    relevant = rng.random((photos, len(TRAINING))) < 0.25
    relevant[np.arange(photos), rng.integers(0, len(TRAINING), photos)] = True
    return rng.random(relevant.shape).astype(np.float32), relevant, rng.integers(0, 9, photos)


def test_bands_end_where_they_say():
    assert find_bands(TRAINING).tolist() == [
        "1-10", "1-10", "11-30", "11-30", "31-100", "31-100", "over 100", "over 100",
    ]  # fmt: skip


def test_all_words_have_the_main_metrics():
    scores, relevant, users = draw()
    resamples = draw_resamples(users, 10, 0)
    table = score_words(scores, relevant, resamples, find_bands(TRAINING), users)
    rows = table[table["training_photos"] == "all"].set_index(["metric", "k"])
    assert set(rows.index) == set(NAMES)
    for one in compute_metrics(scores, relevant, resamples):
        if (one.metric, one.k) in NAMES:
            assert rows.loc[(one.metric, one.k), "value"] == one.value
            assert np.array_equal(rows.loc[(one.metric, one.k), "replicates"], one.replicates)
    assert set(table["photos"]) == {40} and set(table["users"]) == {len(set(users))}


def slow_average_precision(scores, relevant) -> float:
    """Mean over a tag's photos of the share of its photos among those that score as high."""
    own = [score for score, right in zip(scores, relevant, strict=True) if right]
    shares = []
    for least in own:
        above = [right for score, right in zip(scores, relevant, strict=True) if score >= least]
        shares.append(sum(above) / len(above))
    return sum(shares) / len(shares)


def test_a_band_has_the_map_of_its_words_on_all_photos():
    scores, relevant, users = draw()
    relevant[:, 5] = False  # a word without a test photo does not count
    relevant[~relevant.any(axis=1), 0] = True
    table = score_words(scores, relevant, draw_resamples(users, 10, 0), find_bands(TRAINING), users)
    bands = table[table["training_photos"] != "all"].set_index("training_photos")
    for band, words in (("1-10", [0, 1]), ("11-30", [2, 3]), ("31-100", [4]), ("over 100", [6, 7])):
        expected = [slow_average_precision(scores[:, word], relevant[:, word]) for word in words]
        assert bands.loc[band, "value"] == pytest.approx(np.mean(expected))
        assert bands.loc[band, "tags"] == len(words)


def test_a_band_without_a_test_photo_has_no_row():
    scores, relevant, users = draw()
    relevant[:, 2:4] = False
    relevant[~relevant.any(axis=1), 0] = True
    resamples = draw_resamples(users, 4, 0)
    table = score_words(scores, relevant, resamples, find_bands(TRAINING), users)
    assert set(table["training_photos"]) == {"all", "1-10", "31-100", "over 100"}


def test_a_resample_without_photos_gives_no_number_and_the_others_stay():
    scores, relevant, users = draw()
    weights = draw_resamples(users, 4, 0).weights
    weights[2] = 0
    table = score_words(scores, relevant, Resamples(weights, 1.0), find_bands(TRAINING), users)
    others = Resamples(np.delete(weights, 2, axis=0), 1.0)
    known = {(one.metric, one.k): one for one in compute_metrics(scores, relevant, others)}
    for row in table[table["training_photos"] == "all"].itertuples():
        assert np.isnan(row.replicates).tolist() == [False, True, False, False]
        assert np.delete(row.replicates, 1).tolist() == known[row.metric, row.k].replicates.tolist()


@pytest.fixture
def corpus(tmp_path):
    """Thirty photos of ten users, their features, and a function that writes a split of them."""
    rows = np.arange(30)
    users = [f"user{row // 3}" for row in rows]
    photos = pd.DataFrame({"row": rows, "photo_id": [f"p{row}" for row in rows], "user_id": users})
    photos["tags"] = [["sky"] if row % 2 else ["sea", "sky"] for row in rows]
    photos.to_parquet(tmp_path / "tags.parquet")
    features = torch.arange(60.0).reshape(30, 2)
    write_features(tmp_path / "f.safetensors", torch.arange(30), features, "small")

    def write_split(tested: set[str]) -> TestFiles:
        part = ["test" if user in tested else "train" for user in users]
        path = tmp_path / f"{'_'.join(sorted(tested))}.parquet"
        photos[["row", "photo_id"]].assign(part=part).to_parquet(path)
        files = tmp_path / "tags.parquet", path, [tmp_path / "f.safetensors"]
        return TestFiles("shore", *files)

    return write_split


def test_resamples_lack_the_same_users_in_every_split(corpus):
    vocabulary, weights = TagVocabulary(["sea", "sky"], [15, 30], [10, 10]), {}
    for tested in ([1, 4, 7], [4, 7, 9]):
        own = corpus({f"user{user}" for user in tested})
        test = prepare_test(own, own, vocabulary, SETTINGS, "nowhere")
        drawn = test.resamples.weights.reshape(13, 3, 3)  # resamples, users, three photos of each
        assert (drawn == drawn[:, :, :1]).all()
        for place, user in enumerate(tested):
            weights.setdefault(user, []).append(drawn[:, place, 0].tolist())
    for user in (4, 7):
        assert weights[user][0] == weights[user][1]
    left_out = sum(weights[user][0].count(0.0) for user in (1, 4, 7)) / 3
    assert 0 < left_out < 12  # 2 of 10 users in each of 12 resamples


def test_words_are_banded_by_their_training_photos_and_photos_scored_where_tested(corpus):
    own = corpus({"user2", "user3"})
    vocabulary = TagVocabulary(["sky", "sea", "fog"], [300, 12, 4], [10, 10, 2])
    test = prepare_test(own, own, vocabulary, SETTINGS, "nowhere")
    assert test.bands.tolist() == ["over 100", "11-30", "1-10"]
    assert test.inputs.tolist() == [[2.0 * row, 2 * row + 1] for row in range(6, 12)]
    assert test.relevant.tolist() == [[True, row % 2 == 0, False] for row in range(6, 12)]
    assert test.mapping.bridge == "exact"


def test_a_test_photo_that_was_trained_on_is_refused(corpus):
    own, other = corpus({"user2"}), corpus({"user3"})
    with pytest.raises(CorpusError, match="no photo and no user in common"):
        prepare_test(own, other, TagVocabulary(["sky"], [30], [10]), SETTINGS, "nowhere")
