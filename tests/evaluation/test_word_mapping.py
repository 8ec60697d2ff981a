"""Which words are scored, and by which of the model's tags."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from phototags.errors import CorpusError
from phototags.evaluation.word_mapping import (
    PROTOCOLS,
    WordMapping,
    map_own_vocabulary,
    map_words,
    mapping_from_pairs,
)
from phototags.params.score import Score
from phototags.tag_vectors.text_vectors import TextVectors

SETTINGS = Score(bridges=["exact"], min_test_photos=2, resamples=10, seed=0)
PHOTOS = pd.DataFrame({"tags": [["sea", "sun"], ["sea", "moon"], ["sun", "sea"]]})


def test_on_its_own_corpus_a_model_is_scored_on_its_whole_vocabulary():
    settings = SETTINGS.model_copy(update={"bridges": ["exact", "lemma"]})
    (mapping,) = map_words("shapes", "shapes", ["sun", "rain", "moon"], PHOTOS, settings)
    assert mapping == WordMapping("exact", ["sun", "rain", "moon"], [[0], [1], [2]])


def test_on_another_corpus_words_need_enough_test_photos():
    (mapping,) = map_words("shapes", "stamps", ["sun", "rain", "moon"], PHOTOS, SETTINGS)
    assert mapping == WordMapping("exact", ["sun"], [[0]], unmapped=["sea"])


def test_a_word_has_the_largest_score_of_its_tags():
    generator = np.random.default_rng(0)
    scores = generator.random((6, 5)).astype(np.float32)
    mapping = mapping_from_pairs(
        "lemma", ["cars", "sea", "cats"], [(0, 2), (3, 0), (4, 0), (1, 2), (2, 2)]
    )
    expected = [[max(row[3], row[4]), max(row[0], row[1], row[2])] for row in scores]
    assert mapping.words == ["cars", "cats"] and mapping.unmapped == ["sea"]
    assert (mapping.word_scores(scores) == np.array(expected)).all()


def test_in_a_published_form_words_that_the_model_does_not_know_count_as_missed(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "form-3", 3)
    found = Counter(tag for tags in PHOTOS["tags"] for tag in tags)
    mapping = map_own_vocabulary("form-3", ["sun", "rain"], found)
    assert mapping.words == ["sun", "rain", "moon", "sea"]
    assert mapping.word_scores(np.ones((1, 2), np.float32)).tolist() == [[1, 1, -np.inf, -np.inf]]


def test_a_published_form_that_lost_a_word_is_refused(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "form-3", 3)
    with pytest.raises(CorpusError, match="counts 3 words, but its test photos have 2"):
        map_own_vocabulary("form-3", ["sun"], Counter(["sea", "sun"]))


def test_a_bridge_of_unseen_words_scores_those_that_no_tag_means():
    text = TextVectors(pa.array(["sea", "sun", "ocean"]), np.float32([[2, 0], [0, 1], [2, 1]]))
    settings = SETTINGS.model_copy(update={"bridges": ["transport"], "min_test_photos": 1})
    (mapping,) = map_words("shapes", "stamps", ["sun", "ocean"], PHOTOS, settings, Nothing(), text)
    assert (mapping.words, mapping.sources) == (["sea", "sun"], [[], [0]])
    assert (mapping.unseen, mapping.unmapped) == ([0], ["moon"])  # nobody wrote of the moon


def test_scores_of_unseen_words_take_their_columns():
    mapping = WordMapping("transport", ["a", "b", "c"], [[1], [], []], unseen=[1, 2])
    scores = np.float32([[1, 2], [3, 4]])
    assert mapping.word_scores(scores)[:, 1:].tolist() == [[-np.inf] * 2] * 2
    mapping = replace(mapping, unseen_scores=np.float32([[5, 6], [7, 8]]))
    assert mapping.word_scores(scores).tolist() == [[2, 5, 6], [4, 7, 8]]


class Nothing:
    """A WordNet without a word."""

    def lemma(self, word):
        return word

    def synsets(self, word):
        return []
