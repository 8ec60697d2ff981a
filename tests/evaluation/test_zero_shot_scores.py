"""Zero-shot search is scored on tags that nothing learned from, and foreign words find nothing."""

import itertools

import numpy as np
import pandas as pd
import pytest

from phototags.errors import CorpusError
from phototags.evaluation.metrics.ranking import average_precision, rank
from phototags.evaluation.zero_shot.caption_search import rank_photos, sum_words
from phototags.evaluation.zero_shot.cut import choose_cut, list_foreign_words
from phototags.evaluation.zero_shot.fit import fit_best
from phototags.evaluation.zero_shot.photos import Photos, read_parts
from phototags.evaluation.zero_shot.score import score_zero_shot
from phototags.evaluation.zero_shot.unseen_tags import (
    Settings,
    assign_folds,
    expect_random,
    score_held_out,
    score_unseen,
)
from phototags.features.feature_cache import write_features
from phototags.params.score import Score
from phototags.photos.photo_table import make_photo_table, write_photos
from phototags.report.tables.zero_shot import format_zero_shot
from phototags.tag_vectors.ridge import decompose
from phototags.tag_vectors.text_encoders import TextEncoder
from phototags.tag_vectors.zero_shot_model import fit_zero_shot, weigh_tags

TAGS = [f"tag{number}" for number in range(12)]
WIDTH, DIMENSIONS = 10, 6
SCORE = Score(bridges=["exact"], min_test_photos=1, resamples=50, seed=0)


def vector_of(word):
    """A fixed unit vector for a word; words of `foreign` point away from all tags."""
    own = np.random.default_rng(sum(map(ord, word))).normal(size=DIMENSIONS)
    own[0] = -9 if "foreign" in word else abs(own[0])
    return own / np.linalg.norm(own)


def embed(texts):
    """The mean of a text's vectors of tags and foreign words, zeros where it has none."""
    vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
    for place, text in enumerate(texts):
        own = [vector_of(word) for word in text.split() if word.startswith(("tag", "foreign"))]
        vectors[place] = np.mean(own, axis=0) if own else 0
    return vectors


ENCODER = TextEncoder("minilm", embed)
FOREIGN = [f"foreign{number}" for number in range(8)]


def make_photos(count, seed, captions=False):
    """Photos whose features are a linear map of the sum of their tags' vectors, with noise."""
    generator = np.random.default_rng(seed)
    relevant = generator.random((count, len(TAGS))) < 0.25
    relevant[np.arange(count), np.arange(count) % len(TAGS)] = True
    meaning = relevant @ np.stack([vector_of(tag) for tag in TAGS])
    mixing = np.random.default_rng(99).normal(size=(DIMENSIONS, WIDTH))
    features = meaning @ mixing + 0.1 * generator.normal(size=(count, WIDTH))
    texts = [" ".join(tag for tag, has in zip(TAGS, row, strict=True) if has) for row in relevant]
    own = (texts, np.arange(count)) if captions else ([], np.zeros(0, np.int64))
    return Photos(features.astype(np.float32), relevant, *own)


def make_parts(captions=False):
    sizes = {"train": 80, "validation": 40, "test": 60}
    return {part: make_photos(size, at, captions) for at, (part, size) in enumerate(sizes.items())}


def test_folds_hold_each_tag_out_once_and_are_of_equal_size():
    counts = np.bincount(assign_folds(13, 5, seed=0))
    assert counts.sum() == 13 and set(counts) == {2, 3}
    assert (assign_folds(13, 5, seed=0) == assign_folds(13, 5, seed=0)).all()


def test_every_setting_is_scored_as_the_model_itself_would():
    train, test, vectors = make_photos(80, 0), make_photos(20, 1), embed(TAGS).astype(np.float64)
    seen, unseen = np.arange(8), np.arange(8, 12)
    ridge = decompose(train.features)
    settings = [Settings(alpha, power) for alpha in (1.0, 9.0) for power in (0.0, 0.5)]
    arguments = ridge, train.relevant, vectors, seen, unseen, test.features, settings
    for one, scores in zip(settings, score_unseen(*arguments), strict=True):
        weights = weigh_tags(train.relevant[:, seen])
        model = fit_zero_shot(ridge, weights, vectors[seen], one.alpha, one.power, "minilm", "tags")
        assert scores == pytest.approx(model.score(test.features, vectors[unseen]), abs=1e-4)


def test_what_photos_have_of_a_held_out_tag_changes_none_of_its_scores():
    """Not even which settings are chosen: its fold sees neither its photos nor its vector."""
    parts, vectors = make_parts(), embed(TAGS).astype(np.float64)
    folds = assign_folds(len(TAGS), 5, seed=3)
    own = np.flatnonzero(folds == 2)
    foreign = embed(FOREIGN), embed(FOREIGN)

    def score(train, validation):
        ridge = decompose(train.features)
        return score_held_out(
            ridge, (train, validation), vectors, parts["test"].features, foreign, seed=3
        ).scores[:, own]

    changed = []
    for part in ("train", "validation"):
        relevant = parts[part].relevant.copy()
        relevant[:, own] = ~relevant[:, own]
        changed.append(Photos(parts[part].features, relevant, [], np.zeros(0, np.int64)))
    assert (score(parts["train"], parts["validation"]) == score(*changed)).all()


def test_the_expected_average_precision_is_the_mean_over_all_orders():
    relevant = np.array([[True], [True], [False], [False], [False]])
    orders = [list(order) for order in itertools.permutations(range(5))]
    each = [average_precision(rank([order], relevant.T))[0] for order in orders]
    assert expect_random(relevant)[0] == pytest.approx(np.mean(each))


def test_words_of_the_texts_and_their_other_forms_are_not_foreign():
    common = ["the", "surfing", "surfer", "sea", "parliament", "1990s", "wavy"]
    assert list_foreign_words(common, ["Surf, sea and a wave"]) == ["parliament", "wavy"]


def test_at_most_a_thousand_foreign_words_are_taken_evenly():
    words = ["".join(letters) for letters in itertools.product("abcdefghij", repeat=4)]
    found = list_foreign_words(words, [])
    assert len(found) == 1000 and found[1] == words[10]


def test_the_cut_refuses_nineteen_of_twenty_words():
    train, words = make_photos(80, 0), np.random.default_rng(5).normal(size=(200, DIMENSIONS))
    weights = weigh_tags(train.relevant)
    model = fit_zero_shot(
        decompose(train.features), weights, embed(TAGS).astype(float), 1, 0.5, "minilm", "tags"
    )
    cut = choose_cut(model, train.features, words)
    assert (model.score(train.features, words).max(axis=0) > cut).sum() == 10


def test_ranks_are_those_of_a_slow_loop_and_ties_count_against():
    generator = np.random.default_rng(0)
    queries, photos = generator.integers(-1, 2, (2, 9, 3)).astype(float)
    slow = [
        sum(query @ other >= query @ photos[place] for other in photos)
        for place, query in enumerate(queries)
    ]
    assert rank_photos(queries, photos).tolist() == slow


def test_the_sum_of_words_leaves_small_words_out():
    train = make_photos(80, 0)
    model = fit_zero_shot(
        decompose(train.features), weigh_tags(train.relevant), embed(TAGS).astype(float), 1, 0.5,
        "minilm", "captions",
    )  # fmt: skip
    first, second = model.place_texts(embed(["tag1", "tag2"]))
    summed = sum_words(["tag1 on the tag2, tag1 .", "of the"], model, embed)
    assert summed[0] == pytest.approx(2 * first + second, abs=1e-5)
    assert not summed[1].any()


def test_a_linear_world_is_found_and_foreign_words_are_refused():
    scores = score_zero_shot(make_parts(), TAGS, [ENCODER], FOREIGN, SCORE).set_index("metric")
    assert scores.loc["map", "value"] > 1.5 * scores.loc["random", "value"]
    assert scores.loc["random", "value"] > scores.loc["chance", "value"]
    ratio = scores.loc["map", "value"] / scores.loc["chance", "value"]
    assert scores.loc["times_chance", "value"] == pytest.approx(ratio)
    assert (scores["low"].dropna() <= scores["value"][scores["low"].notna()]).all()
    assert set(scores["queries"]) == {12} and set(scores["photos"]) == {60}
    assert "caption of each" not in format_zero_shot(scores.reset_index().assign(train="toy"))


def test_captions_are_scored_whole_and_word_by_word_where_photos_have_them():
    scores = score_zero_shot(make_parts(captions=True), TAGS, [ENCODER], FOREIGN, SCORE)
    of = scores.set_index(["learned_from", "query", "metric"])["value"]
    assert of["captions", "whole caption", "recall_10"] > 0.9
    assert ("tags", "sum of words", "median_rank") in of.index
    table = format_zero_shot(scores.assign(train="toy"))
    assert "12 tags on 60 test photos." in table and "| captions     | whole caption" in table


def test_the_best_model_learns_from_captions_where_there_are_some():
    assert fit_best(make_parts(captions=True), TAGS, ENCODER, FOREIGN).source == "captions"
    model = fit_best(make_parts(), TAGS, ENCODER, FOREIGN)
    assert model.source == "tags" and -1 < model.cut < 1
    again = fit_best(make_parts(), TAGS, ENCODER, FOREIGN)
    assert (again.photo_map == model.photo_map).all()


def test_tags_without_a_vector_and_without_a_photo_are_not_learned_from():
    parts = make_parts()
    blank = {
        part: Photos(of.features, np.pad(of.relevant, ((0, 0), (0, 1))), of.captions, of.owners)
        for part, of in parts.items()
    }
    found = fit_best(blank, [*TAGS, "xyzzy"], ENCODER, FOREIGN)
    assert (found.photo_map == fit_best(parts, TAGS, ENCODER, FOREIGN).photo_map).all()


@pytest.fixture
def files(tmp_path):
    """Six photos, two a part; the fifth has no features."""
    parts = ["train", "train", "validation", "validation", "test", "test"]
    tags = [["sea"], ["none"], ["sea", "sky"], ["sky"], ["sky"], ["sea"]]
    texts = ["A sea .\nWaves .", None, "Sky .", None, "Clouds .", "Sea ."]
    rows = [
        {"photo_id": str(row), "tags": of, "description": text}
        for row, (of, text) in enumerate(zip(tags, texts, strict=True))
    ]
    photos = make_photo_table(rows)
    write_photos(tmp_path / "photos.parquet", photos)
    photos[["row", "photo_id", "user_id", "tags"]].to_parquet(tmp_path / "tags.parquet")
    split = pd.DataFrame({"row": photos["row"], "part": parts})
    split.to_parquet(tmp_path / "split.parquet")
    import torch

    rows = torch.tensor([0, 1, 2, 3, 5])
    write_features(tmp_path / "0.safetensors", rows, rows[:, None].float(), "toy")
    return [tmp_path / "0.safetensors"], *(
        tmp_path / f"{name}.parquet" for name in ("tags", "split", "photos")
    )


def test_photos_are_read_by_part_with_features_a_known_tag_and_captions(files):
    parts = read_parts(*files, ["sea", "sky"])
    assert [parts[part].features.flatten().tolist() for part in parts] == [[0], [2, 3], [5]]
    assert parts["validation"].relevant.tolist() == [[True, True], [False, True]]
    assert parts["train"].captions == ["A sea .", "Waves ."]
    captioned = parts["validation"].select_captioned()
    assert captioned.features.tolist() == [[2.0]] and captioned.first_captions == ["Sky ."]


def test_without_a_photo_table_there_are_no_captions(files):
    features, tags, split, _ = files
    assert read_parts(features, tags, split, None, ["sea", "sky"])["train"].captions == []


def test_a_part_without_photos_is_an_error(files):
    with pytest.raises(CorpusError, match="the train part"):
        read_parts(*files, ["sky"])
