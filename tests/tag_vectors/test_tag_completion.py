import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototags.tag_vectors import predictors
from phototags.tag_vectors.tag_completion import (
    hide_tags,
    mean_reciprocal_rank,
    rank_hidden,
    recall,
)
from phototags.tags.encoding import encode_tags

TAGS = list("abcdef")
PHOTOS = [["a", "b"], ["c"], ["a", "b", "d"], [], ["e", "f", "a", "c"]]


def tags_of(sets, photo):
    return sets.ids[sets.offsets[photo] : sets.offsets[photo + 1]].tolist()


@given(st.lists(st.lists(st.sampled_from(TAGS), unique=True), max_size=9), st.integers(0, 99))
def test_a_riddle_hides_one_tag_and_shows_the_others_in_order(photos, seed):
    found = hide_tags(encode_tags(photos, TAGS), np.random.default_rng(seed))
    asked = [tags for tags in photos if len(tags) > 1]
    assert len(found.hidden) == len(found.shown) == len(asked)
    for number, tags in enumerate(asked):
        hidden = TAGS[found.hidden[number]]
        shown = [TAGS[tag] for tag in tags_of(found.shown, number)]
        assert hidden in tags and shown == [tag for tag in tags if tag != hidden]


def test_every_tag_of_a_photo_is_as_likely_hidden():
    found = hide_tags(encode_tags([["a", "b", "c"]] * 3000, TAGS), np.random.default_rng(0))
    assert (np.bincount(found.hidden) / 3000).tolist() == pytest.approx([1 / 3] * 3, abs=0.03)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_ranks_equal_a_loop_that_puts_ties_first(seed, batch):
    rng = np.random.default_rng(seed)
    asked = hide_tags(encode_tags(PHOTOS * 3, TAGS), rng)
    scores = rng.integers(0, 4, (len(asked.hidden), 6))
    numbers = iter(range(len(scores)))
    found = rank_hidden(
        asked, lambda shown: scores[[next(numbers) for _ in range(len(shown))]], batch
    )
    for number, hidden in enumerate(asked.hidden):
        rivals = set(range(6)) - set(tags_of(asked.shown, number)) - {int(hidden)}
        better = sum(scores[number, tag] >= scores[number, hidden] for tag in rivals)
        assert found[number] == 1 + better


def test_no_riddles_have_no_recall():
    found = rank_hidden(hide_tags(encode_tags([["a"]], TAGS), np.random.default_rng(0)), None)
    assert len(found) == 0
    assert math.isnan(recall(found)) and math.isnan(mean_reciprocal_rank(found))


def test_cooccurrence_equals_a_loop():
    training = encode_tags(PHOTOS, TAGS)
    shown = encode_tags([["a", "c"], ["f"]], TAGS)
    found = predictors.build_cooccurrence_predictor(training, 6)(shown)
    for number, tags in enumerate(["ac", "f"]):
        for place, tag in enumerate(TAGS):
            expected = sum(
                sum(tag in photo for photo in PHOTOS if s in photo)
                / sum(s in photo for photo in PHOTOS)
                for s in tags
                if s != tag
            )
            assert found[number, place] == pytest.approx(expected)


def test_frequency_scores_every_photo_alike():
    scores = predictors.build_frequency_predictor(np.array([3, 1, 2]))(
        encode_tags([["a"], ["b"]], TAGS)
    )
    assert scores.tolist() == [[3, 1, 2], [3, 1, 2]]


def test_cosine_ignores_length_and_a_zero_vector_is_no_neighbour():
    vectors = np.array([[1.0, 0], [9, 0], [0, 1], [0, 0]])
    scores = predictors.build_cosine_predictor(vectors)(encode_tags([["a"]], TAGS))
    assert scores.tolist() == [[1, 1, 0, 0]]


def test_context_scores_equal_a_loop():
    rng = np.random.default_rng(0)
    vectors, contexts, counts = rng.random((6, 3)), rng.random((6, 3)), np.arange(1, 7)
    scores = predictors.build_skipgram_predictor(vectors, contexts, counts, 0.5)(
        encode_tags([["b", "e"]], TAGS)
    )
    for tag in range(6):
        expected = vectors[1] @ contexts[tag] + vectors[4] @ contexts[tag]
        assert scores[0, tag] == pytest.approx(expected + 0.5 * math.log(counts[tag]))
