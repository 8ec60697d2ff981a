"""From a tagger's scores to the three tables of a job."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from scipy.stats import t as student

from phototags.errors import ModelError
from phototags.evaluation.evaluate import evaluate, top_words
from phototags.evaluation.metrics.all_metrics import BOUNDED, CUTOFFS, PER_PHOTO
from phototags.evaluation.metrics.ranking import mean_average_precision
from phototags.evaluation.metrics.resamples import confidence_interval
from phototags.evaluation.prediction import predict, predict_from_folder, score_unseen
from phototags.evaluation.word_mapping import WordMapping
from phototags.features.feature_cache import Features
from phototags.params.score import Score
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.tagger import save
from phototags.systems.user_biased import UserBiased
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tag_vectors.zero_shot import ALPHA
from phototags.tags.encoding import encode_tags
from phototags.users.user_table import UserTable

SETTINGS = Score(bridges=["exact"], min_test_photos=1, resamples=20, seed=0)
TAGS = ["sea", "sun", "moon", "car", "cat", "dog", "sky"]


@pytest.fixture
def photos():
    return pd.DataFrame(
        {
            "row": [3, 5, 6, 9],
            "photo_id": ["a", "b", "c", "d"],
            "user_id": ["u", "u", "v", "w"],
            "tags": [["sea", "sun"], ["cars"], ["unheard of"], ["sun", "sky"]],
        }
    )


@pytest.fixture
def scores():
    return np.random.default_rng(1).random((4, len(TAGS))).astype(np.float32)


@pytest.fixture
def mappings():
    exact = WordMapping("exact", ["sea", "sun", "sky"], [[0], [1], [6]], unmapped=["cars"])
    lemma = WordMapping("lemma", ["cars", "sea", "sun", "sky"], [[3], [0], [1], [6]])
    return [exact, lemma]


class Constant:
    """A tagger whose scores are its features, or as many as it is told."""

    def scores(self, features):
        return features * 2


def test_photos_without_a_word_are_left_out_and_listed_for_each_bridge(photos, scores, mappings):
    result = evaluate(scores, TAGS, photos, mappings, SETTINGS, "shapes")
    counted = result.scores.groupby("bridge")[["photos", "tags"]].first()
    assert counted.loc["exact"].to_list() == [2, 3]
    assert counted.loc["lemma"].to_list() == [3, 4]
    listed = {(drop.step, drop.photo_id, drop.reason, drop.detail) for drop in result.drops}
    assert listed == {
        ("score_tagger shapes/exact", "", "unreached_word", "cars"),
        ("score_tagger shapes/exact", "b", "no_known_word", "cars"),
        ("score_tagger shapes/exact", "c", "no_known_word", "unheard of"),
        ("score_tagger shapes/lemma", "c", "no_known_word", "unheard of"),
    }


def test_scores_are_those_of_the_photos_that_have_a_word(photos, scores, mappings):
    result = evaluate(scores, TAGS, photos, mappings, SETTINGS, "shapes")
    table = result.scores.set_index(["bridge", "metric", "k"])
    relevant = [[True, True, False], [False, True, True]]
    expected = mean_average_precision(scores[[0, 3]][:, [0, 1, 6]], relevant)
    assert table.loc[("exact", "map", 0), "value"] == pytest.approx(expected)
    assert len(table.loc["exact"]) == len(PER_PHOTO) * len(CUTOFFS) + 10 + len(BOUNDED)
    assert {len(replicates) for replicates in table["replicates"]} == {20}


def test_the_interval_of_photos_that_are_alike_within_users_is_that_of_users():
    """40 users, all ten photos of each right or wrong: 40 observations, not 400."""
    right = np.random.default_rng(3).random(40) < 0.4
    users = np.repeat(np.arange(40), 10)
    photos = pd.DataFrame({"row": range(400), "photo_id": "", "user_id": users.astype(str)})
    photos["tags"] = [["sea"]] * 400
    scores = np.stack([right[users], ~right[users]], axis=1).astype(np.float32)
    mapping = WordMapping("exact", ["sea", "sun"], [[0], [1]])
    settings = Score(bridges=["exact"], min_test_photos=1, resamples=1000, seed=0)
    table = evaluate(scores, ["sea", "sun"], photos, [mapping], settings, "shapes").scores
    first = table.set_index(["metric", "k"]).loc[("precision", 1)]
    low, high = confidence_interval(first["value"], first["replicates"], 1.0)
    error = student.ppf(0.975, 39) * right.std(ddof=1) / np.sqrt(40)
    assert (high - low) / 2 == pytest.approx(error, rel=0.1)


def test_predictions_are_the_first_words_of_the_first_bridge_and_the_models_own(
    photos, scores, mappings
):
    predictions = evaluate(scores, TAGS, photos, mappings, SETTINGS, "shapes").predictions
    own = predictions[predictions["bridge"] == "own"]
    assert own["row"].to_list() == photos["row"].to_list()
    for photo, (tags, numbers) in enumerate(zip(own["tags"], own["scores"], strict=True)):
        best = sorted(range(len(TAGS)), key=lambda tag: -scores[photo][tag])[:5]
        assert tags == [TAGS[tag] for tag in best]
        assert numbers.tolist() == scores[photo][best].tolist()
    assert [len(tags) for tags in predictions.query("bridge == 'exact'")["tags"]] == [3] * 4


def test_equal_scores_are_predicted_in_the_order_of_the_words():
    mapping = WordMapping("own", ["a", "b"], [[0], [1]])
    assert top_words(np.zeros((1, 2)), pd.Series([7]), mapping)["tags"][0] == ["a", "b"]


def test_a_bridge_that_reaches_nothing_gives_no_scores_and_says_what_it_missed(photos, scores):
    mapping = WordMapping("exact", [], [], unmapped=["cars", "sun"])
    result = evaluate(scores, TAGS, photos, [mapping], SETTINGS, "shapes")
    assert result.scores.empty
    assert [drop.detail for drop in result.drops[:2]] == ["cars", "sun"]
    assert result.predictions.query("bridge == 'exact'")["tags"].to_list() == [[]] * 4


def test_written_twice_the_three_tables_have_the_same_bytes(photos, scores, mappings, tmp_path):
    contents = []
    for attempt in "ab":
        paths = [tmp_path / f"{attempt}{name}" for name in (".1.parquet", ".2.parquet", ".tsv")]
        evaluate(scores, TAGS, photos, mappings, SETTINGS, "shapes").write(*paths)
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1]
    table = pd.read_parquet(tmp_path / "a.1.parquet")
    assert list(table.columns) == ["bridge", "metric", "k", "value", "photos", "tags", "replicates"]


def test_a_judgement_without_scores_can_be_written_and_read(photos, scores, tmp_path):
    result = evaluate(scores, TAGS, photos, [WordMapping("exact", [], [])], SETTINGS, "shapes")
    result.write(tmp_path / "scores", tmp_path / "predictions", tmp_path / "drops")
    assert pd.read_parquet(tmp_path / "scores").empty


def test_batches_do_not_change_the_scores_of_a_tagger(monkeypatch):
    features = np.random.default_rng(0).random((7, 3)).astype(np.float32)
    monkeypatch.setattr("phototags.evaluation.prediction.BATCH", 2)
    assert (predict(Constant(), features, 3) == features * 2).all()


def test_a_tagger_with_another_vocabulary_is_refused():
    with pytest.raises(ModelError, match="4 scores each, but gives an array of \\(2, 3\\)"):
        predict(Constant(), np.zeros((2, 3), np.float32), 4)


def test_scores_that_are_not_numbers_are_refused():
    with pytest.raises(ModelError, match="with 2 that are not numbers"):
        predict(Constant(), torch.full((2, 1), torch.nan), 1)


def test_relevance_equals_asking_each_photo_for_each_word(photos):
    words = ["sky", "sea", "cars"]
    expected = [[word in tags for word in words] for tags in photos["tags"]]
    assert encode_tags(photos["tags"], words).to_multi_hot(3).tolist() == expected


FEATURES = Features(torch.tensor([2, 5]), torch.tensor([[0.5, 1.0, 2.0], [4.0, 1.0, 0.0]]))
DESCRIBED = {"number": torch.tensor([[0.7, 1.0], [1.1, 1.0]]), "tags": torch.ones(2, 3)}
USERS = UserTable(FEATURES.rows, torch.tensor([False, False]), DESCRIBED)


def test_a_tagger_that_knows_users_is_shown_what_it_was_trained_with(tmp_path):
    system = UserBiased(model="user-biased", descriptors=["number"], epochs=1, patience=1)
    generator = torch.Generator().manual_seed(3)
    vectors = torch.rand(4, 8, generator=generator)
    tagger = system.init_tagger(3, vectors, torch.zeros(4), generator, n_user_features=2).eval()
    for weights in tagger.parameters():
        weights.data.uniform_(-1, 1, generator=generator)
    save(tagger, {"system": system.model_dump(), "features": 3}, tmp_path)
    shown = torch.cat([FEATURES.matrix[[1, 0]], DESCRIBED["number"][[1, 0]]], dim=1)
    with torch.no_grad():
        expected = tagger.scores(shown).numpy()
        assert not torch.equal(tagger.scores(shown), tagger.scores(shown[:, :3]))
    assert (predict_from_folder(tmp_path, [5, 2], FEATURES, USERS, 4) == expected).all()


def test_a_tagger_that_knows_nobody_is_shown_features_alone(tmp_path):
    config = {"system": {"model": "frequency"}, "features": 3}
    save(FrequencyTagger(torch.tensor([3, 9])), config, tmp_path)
    assert predict_from_folder(tmp_path, [5], FEATURES, USERS, 2).tolist() == [[3, 9]]
    with pytest.raises(ModelError, match="1 photos 4 scores each"):
        predict_from_folder(tmp_path, [5], FEATURES, None, 4)


def test_a_tagger_with_tag_vectors_is_asked_for_unseen_words():
    """Its score is embedding times vector, as rare as the rarest tag; others say nothing."""
    text = TextVectors(pa.array(["sea", "sun", "ocean"]), np.float32([[2, 0], [0, 1], [2, 1]]))
    vectors, bias = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([-3.0, -1.0])
    tagger = EmbeddingTagger(torch.nn.Identity(), vectors, bias)
    mapping = WordMapping("transport", ["sun", "ocean"], [[1], []], unseen=[1])
    features = torch.tensor([[1.0, 4.0], [0.0, 0.5]])
    found = score_unseen(mapping, tagger, features, ["sea", "sun"], text).unseen_scores
    expected = [[row @ (ALPHA * np.array([2, 1])) - 3] for row in features.numpy()]
    assert found == pytest.approx(np.array(expected))
    control = FrequencyTagger(torch.tensor([3, 4]))
    assert score_unseen(mapping, control, features, ["sea", "sun"], text).unseen_scores is None
