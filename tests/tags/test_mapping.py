import itertools

import numpy as np
import pytest

from phototags.errors import VocabularyError
from phototags.tags.mapping import KINDS, map_vocabulary

TAGS = ["car", "brown bear", "city", "glass", "ocean", "bus"]
WORDS = ["cars", "auto", "ursus_arctos", "brown-bears", "sea", "glasses", "city", "cloud"]


class Text:
    """Text vectors on a circle, by degrees."""

    DEGREES = {"ocean": 0, "sea": 20, "cloud": 90, "city": 180, "bus": 45, "cars": 46, "car": 46}
    DEGREES |= {"truck": 47, "sedan": 47, "zzz": 46}

    def known(self, tags):
        return np.array([tag in self.DEGREES for tag in tags], bool)

    def embed(self, tags):
        angles = np.radians([self.DEGREES[tag] for tag in tags])
        return np.stack([3 * np.cos(angles), 3 * np.sin(angles)], 1).astype(np.float32)


def named(kind, wordnet, tags=TAGS, words=WORDS):
    return {(tags[a], words[b]) for a, b in map_vocabulary(kind, tags, words, wordnet, Text())}


def test_exact_meets_only_the_same_string(wordnet):
    assert named("exact", wordnet) == {("city", "city")}


def test_lemma_meets_plurals_and_takes_blanks_underscores_and_hyphens_as_equal(wordnet):
    assert named("lemma", wordnet) - named("exact", wordnet) == {
        ("car", "cars"),
        ("brown bear", "brown-bears"),
    }


def test_synset_meets_other_words_of_the_first_meaning(wordnet):
    assert named("synset", wordnet) - named("lemma", wordnet) == {
        ("car", "auto"),
        ("brown bear", "ursus_arctos"),
    }


def test_synset_does_not_meet_a_later_meaning_or_the_meaning_above(wordnet):
    assert named("synset", wordnet, ["piece", "bear"], ["man", "brown bear"]) == set()


def test_embedding_gives_a_word_left_over_its_nearest_tag_when_near_enough(wordnet):
    # cos 20 degrees is .94; cloud's nearest is bus at 45 degrees, .71
    assert named("embedding", wordnet) - named("synset", wordnet) == {("ocean", "sea")}


def test_a_neighbour_that_is_a_sister_or_unknown_to_wordnet_is_no_match(wordnet):
    """sedan is below car, truck beside it, zzz nowhere; all within a degree of car."""
    words = ["truck", "sedan", "zzz"]
    assert named("embedding", wordnet, ["car"], words) == {("car", "sedan")}
    assert named("embedding", wordnet, ["sedan"], ["car"]) == set()


def test_ancestors_are_all_that_is_above(wordnet):
    above = wordnet.ancestors(wordnet.synsets("brown bear")[0])
    assert {wordnet.words(one)[0] for one in above} == {"bear", "animal", "entity"}


def test_embedding_leaves_words_alone_that_a_stricter_bridge_meets(wordnet):
    assert ("bus", "cars") not in named("embedding", wordnet)


@pytest.mark.parametrize(("stricter", "wider"), list(itertools.pairwise(KINDS)))
def test_each_bridge_holds_the_stricter_one(wordnet, stricter, wider):
    pairs = [map_vocabulary(kind, TAGS, WORDS, wordnet, Text()) for kind in (stricter, wider)]
    assert set(pairs[0]) <= set(pairs[1])
    assert pairs == [sorted(set(found)) for found in pairs]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_meets_nothing(wordnet, kind):
    assert map_vocabulary(kind, [], WORDS, wordnet, Text()) == []
    assert map_vocabulary(kind, TAGS, [], wordnet, Text()) == []


def test_what_a_bridge_needs_must_be_given(wordnet):
    with pytest.raises(VocabularyError, match="exact, lemma"):
        map_vocabulary("telepathy", TAGS, WORDS, wordnet, Text())
    with pytest.raises(VocabularyError, match="WordNet"):
        map_vocabulary("lemma", TAGS, WORDS)
    with pytest.raises(VocabularyError, match="text vectors"):
        map_vocabulary("embedding", TAGS, WORDS, wordnet)
