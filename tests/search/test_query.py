"""Words become tags, the longest first; a word that is no tag is a term or finds no match."""

import pytest
import torch

from phototags.search.query import Query, parse_query

TAGS = ["fire", "engine", "fire engine", "cat", "sea"]


def find_tags(words):
    return [TAGS[tag] for tag in parse_query(words, TAGS).tags]


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


@pytest.mark.parametrize("word", ["kitten", "ocean", "xyzzy"])
def test_a_word_that_is_no_tag_finds_nothing_without_a_model(word):
    """Also where a tag lies near in meaning: who looks for a kitten wants no cat."""
    query = parse_query(f"{word} cat", TAGS)
    assert [TAGS[tag] for tag in query.tags] == ["cat"]
    assert query.notes == (f"{word!r} is no tag of this tagger: no match",)


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
    query = parse_query(words, TAGS, "tags")
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
    query = parse_query(words, TAGS, "captions")
    assert [TAGS[tag] for tag in query.tags] == tags and list(query.terms) == terms


def test_the_query_is_the_sum_of_its_tags_vectors():
    vectors = torch.tensor([[1.0, 2], [10, 20], [100, 200]])
    assert Query((0, 2, 2), ()).vector(vectors).tolist() == [201, 402]
