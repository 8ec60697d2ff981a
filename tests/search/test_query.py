"""Words become tags: the longest first, unknown words by meaning, and each change is noted."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from phototags.search.query import Query, parse_query
from phototags.tag_vectors.text_vectors import TextVectors

TAGS = ["fire", "engine", "fire engine", "cat", "sea"]
WORDS = ["fire", "engine", "cat", "sea", "kitten", "ocean", "tax"]
VECTORS = np.float32(
    [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
        [0, 0, 9, 3],
        [0, 0, 0, 2],
        [1, 1, 1, 1],
    ]
)
TEXT = TextVectors(pa.array(WORDS), VECTORS)


def refuse_to_load():
    raise AssertionError("text vectors are loaded although every word is a tag")


def find_tags(words, text=refuse_to_load):
    return [TAGS[tag] for tag in parse_query(words, TAGS, text).tags]


@pytest.mark.parametrize(
    "words, expected",
    [
        ("cat", ["cat"]),
        ("Cat SEA", ["cat", "sea"]),
        ("fire engine", ["fire engine"]),
        ("engine fire", ["engine", "fire"]),
        ("fire, engine", ["fire", "engine"]),
        ("a cat by the fire_engine", ["cat", "fire engine"]),
        ("#cat", ["cat"]),
        ("cat cat", ["cat", "cat"]),
        ("", []),
        (" , ,, the", []),
    ],
)
def test_the_longest_tags_in_the_words(words, expected):
    assert find_tags(words) == expected


def test_a_word_that_is_no_tag_is_replaced_by_the_nearest_with_a_note():
    query = parse_query("kitten", TAGS, lambda: TEXT)
    assert [TAGS[tag] for tag in query.tags] == ["cat"]
    assert query.notes == ("'kitten' is no tag of this tagger: searched for 'cat' instead",)


def test_the_nearest_is_found_by_angle_not_by_length():
    assert find_tags("ocean", lambda: TEXT) == ["sea"]


def test_a_word_far_from_every_tag_is_left_out_with_a_note():
    far = TextVectors(pa.array(["cat", "tax"]), np.float32([[1, 0], [0.4, 1]]))
    query = parse_query("tax cat", ["cat"], lambda: far)
    assert query.tags == (0,) and "left out" in query.notes[0]


def test_a_word_without_a_vector_is_left_out_with_a_note():
    query = parse_query("xyzzy", TAGS, lambda: TEXT)
    assert query.tags == () and "'xyzzy'" in query.notes[0]


@pytest.mark.parametrize(
    "words, tags, terms",
    [
        ("kitten", [], ["kitten"]),
        ("cat on the Red_Sofa by the sea", ["cat", "sea"], ["red sofa"]),
        ("kitten, ocean", [], ["kitten", "ocean"]),
        ("photos of a kitten", [], ["kitten"]),
        ("Pictures of the fire engine", ["fire engine"], []),
        ("the of, a", [], []),
    ],
)
def test_words_that_are_no_tags_are_terms_of_a_model_learned_from_tags(words, tags, terms):
    query = parse_query(words, TAGS, refuse_to_load, "tags")
    assert [TAGS[tag] for tag in query.tags] == tags
    assert list(query.terms) == terms and query.notes == ()


@pytest.mark.parametrize(
    "words, tags, terms",
    [
        ("a cat by the sea", [], ["a cat by the sea"]),
        ("photos of a cat by the sea, fire engine", ["fire engine"], ["a cat by the sea"]),
        ("kitten", [], ["kitten"]),
        ("the cat", ["cat"], []),
    ],
)
def test_phrases_are_whole_terms_of_a_model_learned_from_captions(words, tags, terms):
    query = parse_query(words, TAGS, refuse_to_load, "captions")
    assert [TAGS[tag] for tag in query.tags] == tags and list(query.terms) == terms


def test_the_query_is_the_sum_of_its_tags_vectors():
    vectors = torch.tensor([[1.0, 2], [10, 20], [100, 200]])
    assert Query((0, 2, 2), ()).vector(vectors).tolist() == [201, 402]
