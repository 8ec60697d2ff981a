"""The words of several corpora under one name each; the nouns are a handful, written here."""

from dataclasses import dataclass

from phototags.box.words import choose_words, count_words

NOUNS = {  # word: first synset, category
    "dog": ("n1", "animal"),
    "hand": ("n2", "body"),
    "hands": ("n3", "act"),
    "glass": ("n4", "substance"),
    "glasses": ("n5", "artifact"),
    "jump": ("n6", "event"),
    "jumping": ("n6", "act"),
    "fish": ("n7", "animal"),
    "fishing": ("n8", "act"),
    "plane": ("n9", "artifact"),
    "airplane": ("n9", "artifact"),
    "bike": ("n10", "artifact"),
    "motorcycle": ("n10", "artifact"),
    "tag0001": ("n11", "artifact"),
}


@dataclass(frozen=True)
class Nouns:
    """What `choose_words` asks of WordNet."""

    def lemma(self, word):
        return "dog" if word == "dogs" else word

    def is_noun(self, word):
        return word in NOUNS

    def synsets(self, word):
        return [NOUNS[word][0]] if word in NOUNS else []

    def category(self, word):
        return NOUNS.get(word, (None, None))[1]


COUNTS = {
    "captions": {
        **{"dogs": 2, "dog": 5, "hand": 3, "hands": 9, "glass": 4, "glasses": 4, "jump": 3},
        **{
            "jumping": 8,
            "fish": 3,
            "fishing": 3,
            "airplane": 4,
            "plane": 2,
            "bike": 19,
            "motorcycle": 15,
        },
        **{"shirtless": 30, "tag0001": 50},
    },
    "keywords": {"plane": 30, "dog": 1, "bike": 3, "tag0001": 50},
}
NAMES = choose_words(COUNTS, Nouns(), min_photos=3, blacklist=r"tag\d{4}")


def test_plurals_and_forms_of_a_verb_become_the_most_written_one():
    assert NAMES["dogs"] == NAMES["dog"] == "dog"
    assert NAMES["hand"] == NAMES["hands"] == "hands"
    assert NAMES["jump"] == NAMES["jumping"] == "jumping"


def test_the_plural_of_a_substance_and_an_act_named_after_a_thing_stay():
    assert [NAMES[word] for word in ("glass", "glasses")] == ["glass", "glasses"]
    assert [NAMES[word] for word in ("fish", "fishing")] == ["fish", "fishing"]


def test_synonyms_of_two_corpora_become_one_word_unless_one_corpus_has_both_often():
    assert NAMES["airplane"] == NAMES["plane"] == "plane"
    assert [NAMES[word] for word in ("bike", "motorcycle")] == ["bike", "motorcycle"]


def test_unnamed_tags_and_words_that_are_no_nouns_are_left_out():
    assert not {"tag0001", "shirtless"} & NAMES.keys()


def test_a_word_is_counted_over_all_corpora():
    assert "airplane" not in choose_words({"captions": {"airplane": 4}}, Nouns(), min_photos=5)
    assert NAMES["airplane"] == "plane"
    assert count_words(COUNTS, NAMES)["keywords"] == {"plane": 30, "dog": 1, "bike": 3}
