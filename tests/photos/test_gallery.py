"""A card holds what people wrote and what each tagger said of the same test photo."""

import pandas as pd
import pytest

from phototags.errors import CorpusError
from phototags.photos.gallery import Guess, make_cards
from phototags.photos.photo_table import make_photo_table

PHOTOS = make_photo_table({"photo_id": name, "title": name.upper()} for name in "abcde")
TAGS = pd.DataFrame({"row": range(5), "tags": [["sea"], ["sea", "sun"], [], ["dog"], ["cat"]]})


def predictions(rows, tags=("sea", "dog"), bridge="own"):
    return pd.DataFrame({"row": rows, "bridge": bridge, "tags": [list(tags)] * len(rows)})


def test_a_hit_is_a_tag_that_people_wrote():
    found = {
        card.photo_id: card for card in make_cards(PHOTOS, TAGS, {"x": predictions([0, 2, 3])}, 9)
    }
    assert found["a"].guesses["x"] == (Guess("sea", True), Guess("dog", False))
    assert found["c"].guesses["x"] == (Guess("sea", False), Guess("dog", False))
    assert found["d"].guesses["x"] == (Guess("sea", False), Guess("dog", True))


def test_only_photos_that_every_system_saw_are_shown():
    both = {"x": predictions([0, 1, 2]), "y": predictions([1, 2, 3])}
    assert {card.photo_id for card in make_cards(PHOTOS, TAGS, both, 9)} == {"b", "c"}


def test_only_the_taggers_own_tags_are_shown():
    table = pd.concat([predictions([1], ["ocean"], "lemma"), predictions([1], ["sun"])])
    (card,) = make_cards(PHOTOS, TAGS, {"x": table}, 9)
    assert card.guesses["x"] == (Guess("sun", True),)


def test_missing_texts_are_empty():
    (card,) = make_cards(PHOTOS, TAGS, {"x": predictions([4])}, 9)
    assert (card.title, card.author, card.licence_url) == ("E", "", "")


def test_no_prediction_shows_nothing():
    assert make_cards(PHOTOS, TAGS, {}, 9) == []
    assert make_cards(PHOTOS, TAGS, {"x": predictions([])}, 9) == []


def test_a_prediction_about_a_stranger_is_refused():
    with pytest.raises(CorpusError, match="row 7"):
        make_cards(PHOTOS, TAGS, {"x": predictions([0, 7])}, 9)
