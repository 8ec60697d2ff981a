"""The missing tag of a photo, guessed by vectors and by counts; expected values by hand."""

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.evaluation import tag_completion_scores as tag_vectors
from phototags.evaluation.tag_completion_scores import (
    COLUMNS,
    TagVectorTables,
    common_tags,
    hide_test_tags,
    read_tables,
    score_tag_vectors,
)
from phototags.io.storage import write_tensors
from phototags.params.embeddings import EmbedTags

TAGS = ["art", "sea", "ship"]
TRAINING = pd.Series([["art"]] * 5 + [["sea", "ship"]] * 3 + [["unheard of"]])
TEST = pd.Series([["ship", "sea"]] * 4 + [["art"], [], ["sea", "unheard of"]])
WORDS = {7: np.float32([[-1, 0], [0, 1], [0, 2]]), 8: np.float32([[0, 1], [0, 1], [-1, 0]])}
CONTEXTS = {7: np.float32([[9, 0], [0, 1], [0, 1]]), 8: np.zeros((3, 2), np.float32)}
TABLES = TagVectorTables(WORDS, CONTEXTS, power=0.75, text=WORDS[7])


def scored(test=TEST, **changed):
    given = {"tables": TABLES, "resamples": 20, "seed": 0} | changed
    photos = pd.DataFrame({"user_id": None, "tags": test})
    return score_tag_vectors(TAGS, TRAINING, photos, **given)


def test_counts_and_vectors_are_scored_by_the_rank_of_the_hidden_tag():
    scores = scored()
    assert list(scores.columns) == COLUMNS
    mrr = scores[scores["metric"] == "mrr"].set_index(["system", "seed"])["value"]
    assert mrr["frequency"].to_list() == [0.5, 0.5]  # art stands before the hidden one
    assert mrr["cooccurrence"].to_list() == [1, 1]  # sea and ship know each other
    assert mrr["text-nearest"].to_list() == [1, 1]
    assert mrr["nearest", 7] == 1
    assert mrr["nearest", 8] == 0.5  # art lies where sea does, and as far from ship
    assert mrr["tag-vectors", 7] == 1
    assert mrr["tag-vectors", 8] == 0.5  # contexts of zero leave the counts: frequency
    recall = scores[scores["metric"] == "recall"]
    assert (recall["k"] == 10).all() and (recall["value"] == 1).all()  # of three tags
    assert set(scores["photos"]) == {4} and set(scores["tags"]) == {3}


def test_each_row_has_its_replicates_and_equal_photos_have_equal_ones():
    for row in scored().itertuples():
        assert len(row.replicates) == 20
        assert row.replicates == pytest.approx([row.value] * 20)


def test_the_same_seed_gives_the_same_scores():
    pd.testing.assert_frame_equal(scored(), scored())


def test_without_two_tags_on_a_photo_there_is_nothing_to_score():
    assert scored(pd.Series([["art"], []])).empty
    assert list(scored(pd.Series([], dtype=object)).columns) == COLUMNS


def test_of_many_photos_some_are_asked(monkeypatch):
    monkeypatch.setattr(tag_vectors, "MAX_PHOTOS", 3)
    hidden, photos = hide_test_tags(TEST, TAGS, seed=1)
    assert len(hidden.hidden) == 3 and set(hidden.hidden) <= {1, 2}
    assert all(TAGS[tag] in TEST[photo] for tag, photo in zip(hidden.hidden, photos, strict=True))
    assert set(scored()["photos"]) == {3}


def test_without_text_there_is_no_row_of_it():
    scores = scored(tables=TagVectorTables(WORDS, CONTEXTS, power=0.75))
    assert "text-nearest" not in set(scores["system"]) and len(scores) == 4 * 2 * 2


def test_tags_in_common_are_those_of_any_photo():
    assert common_tags(TAGS, pd.Series([["ship"], ["cat", "art"], []])).tolist() == [0, 2]
    assert common_tags(TAGS, pd.Series([[]])).tolist() == []


@pytest.fixture
def files(tmp_path):
    """Of the words and of the contexts of two seeds, and of vectors of text."""

    def written(name, vectors):
        write_tensors(tmp_path / name, {"vectors": torch.from_numpy(vectors)})
        return tmp_path / name

    text = tmp_path / "text.txt"
    text.write_text("sea 1 2\nship 3 4\n")
    parts = (("words", WORDS), ("contexts", CONTEXTS))
    found = [{seed: written(f"{of}{seed}", one[seed]) for seed in one} for of, one in parts]
    return *found, [text]


def settings(start):
    return EmbedTags(init=start, dimensions=2, epochs=1, negatives=1, power=0.5, learning_rate=0.1)


def test_tables_hold_the_rows_of_the_tags_that_are_asked_for(files):
    words, contexts, text = files
    tables = read_tables(words, contexts, text, settings("text.txt"), TAGS, np.array([1, 2]))
    assert tables.power == 0.5
    assert {seed: own.tolist() for seed, own in tables.input_vectors.items()} == {
        7: [[0, 1], [0, 2]],
        8: [[0, 1], [-1, 0]],
    }
    assert tables.output_vectors[7].tolist() == [[0, 1], [0, 1]]
    assert tables.text.tolist() == [[1, 2], [3, 4]]


def test_tables_of_vectors_that_chance_began_have_no_text(files):
    words, contexts, _ = files
    rows = np.array([0])
    assert read_tables(words, contexts, [], settings("random"), TAGS, rows).text is None
