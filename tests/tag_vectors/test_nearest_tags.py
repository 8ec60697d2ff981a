"""What is mapped and what is asked for its neighbours."""

import pandas as pd
import torch

from phototags.tag_vectors import nearest_tags
from phototags.tag_vectors.nearest_tags import list_nearest, map_tags
from phototags.tag_vectors.relatedness import find_nearest
from phototags.tags.vocabulary import TagVocabulary

TAGS = [f"tag{number:03}" for number in range(130)]
VOCABULARY = TagVocabulary(TAGS, list(range(130, 0, -1)), [3] * 130)
VECTORS = torch.randn(130, 6, generator=torch.Generator().manual_seed(0))


class Nouns:
    """A WordNet of three nouns."""

    def category(self, tag):
        return {"tag000": "plant", "animal": "Tops", "thing": "Tops"}.get(tag)


def test_the_map_lies_in_the_unit_square_with_the_commonest_first(monkeypatch):
    monkeypatch.setattr(nearest_tags, "MAX_MAPPED", 20)
    found = map_tags(VOCABULARY, VECTORS, Nouns(), seed=1)
    assert found["tag"].to_list() == TAGS[:20] and found["photos"].to_list()[0] == 130
    for axis in "xy":
        assert found[axis].min() == 0 and found[axis].max() == 1
    assert found["category"].to_list() == ["plant"] + [""] * 19
    pd.testing.assert_frame_equal(found, map_tags(VOCABULARY, VECTORS, Nouns(), seed=1))


def test_an_animal_is_an_animal_and_not_a_top_of_wordnet():
    vocabulary = TagVocabulary(["animal", "thing"], [2, 1], [2, 1])
    found = map_tags(vocabulary, VECTORS[:2], Nouns(), seed=0)
    assert found["category"].to_list() == ["animal", "Tops"]


def test_the_nearest_of_the_commonest_and_of_others_by_lot():
    found = list_nearest(VOCABULARY, VECTORS, seed=3)
    assert len(found) == 100 * 5
    commonest, lot = (found[found["chosen"] == how] for how in ("commonest", "random"))
    assert list(dict.fromkeys(commonest["tag"])) == TAGS[:50]
    assert len(set(lot["tag"])) == 50 and not set(lot["tag"]) & set(TAGS[:50])
    assert set(lot["tag"]) != set(list_nearest(VOCABULARY, VECTORS, seed=4)["tag"][250:])
    for tag in ("tag007", lot["tag"].iloc[0]):
        rows = found[found["tag"] == tag]
        expected = find_nearest(tag, VOCABULARY, VECTORS, 5)
        assert rows["near"].to_list() == [one for one, _ in expected]
        assert rows["cosine"].to_list() == [round(cosine, 3) for _, cosine in expected]


def test_a_small_vocabulary_has_no_others():
    found = list_nearest(TagVocabulary(TAGS[:3], [3, 2, 1], [1] * 3), VECTORS[:3], seed=0)
    assert set(found["chosen"]) == {"commonest"} and len(found) == 3 * 2
