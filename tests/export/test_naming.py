"""Probabilities become named tags: blocked, renamed, merged, translated and added."""

import numpy as np
import pytest

from phototags.errors import ModelError
from phototags.export import naming as module
from phototags.export.naming import Naming, check_addition, make_naming
from phototags.systems.tagger import CALIBRATION
from phototags.tag_vectors.zero_shot_model import FILE, ZeroShot, write_zero_shot
from phototags.tags.word_choices import WordChoices

TAGS = ["sky", "man", "structure", "people", "dog"]
CHOICES = WordChoices(
    frozenset({"structure"}), {"man": "person", "people": "person"}, (), "de",
    {"dog": ("Hund", "Hunde"), "sky": ("Himmel",), "man": ("Mann",)},
)  # fmt: skip


def test_names_have_the_highest_probability_of_their_tags():
    found = np.random.default_rng(0).random((20, len(TAGS)))
    naming = Naming(TAGS, CHOICES)
    assert naming.names == ["Himmel", "person", "Hund"]
    for row, expected in zip(naming.apply(found, None), found, strict=True):
        by_tag = dict(zip(TAGS, expected, strict=True))
        loop = [max(by_tag[tag] for tag in tags) for tags in naming.sources]
        assert row.tolist() == loop


def test_each_former_word_finds_its_name_and_a_blocked_one_none():
    aliases = Naming(TAGS, CHOICES).list_aliases({"hound": "dog", "building": "structure"})
    expected = {"man": "person", "people": "person", "Mann": "person", "mann": "person"}
    expected |= {"dog": "Hund", "hound": "Hund", "hund": "Hund", "Hunde": "Hund", "hunde": "Hund"}
    assert aliases == expected | {"sky": "Himmel", "himmel": "Himmel"}


def test_no_choice_needs_no_naming_and_no_word_left_is_refused(tmp_path):
    assert make_naming(TAGS, WordChoices(), tmp_path, True) is None
    with pytest.raises(ModelError, match="all words"):
        Naming(["a"], WordChoices(frozenset({"a"})))


class Encoder:
    """Text vectors for tests: the axis of a word's length, nothing for `blorgh`."""

    def embed_terms(self, terms, source):
        return np.stack([np.eye(8)[len(term)] * (term != "blorgh") for term in terms])


@pytest.fixture
def map_folder(tmp_path, monkeypatch):
    """A tagger's folder whose map takes features as they are, with a cut of 0.5."""
    same, zero = np.eye(8, dtype=np.float32), np.zeros(8, np.float32)
    arrays = (zero, same, zero.copy(), same.copy())
    write_zero_shot(ZeroShot(*arrays, "minilm", "tags", 0.5), tmp_path / FILE)
    (tmp_path / CALIBRATION).touch()
    monkeypatch.setattr("phototags.tag_vectors.placed_words.load_encoder", lambda _: Encoder())
    return tmp_path


def test_an_added_word_is_as_likely_as_its_cosine_says(map_folder):
    choices = WordChoices(added=("ox", "cat"), names={"ox": "bull"})
    naming = make_naming(["dog"], choices, map_folder, True)
    photos = np.stack([np.eye(8)[2], np.eye(8)[3], np.eye(8)[2] + np.eye(8)[3]]).astype(np.float32)
    found = naming.apply(np.full((3, 1), 0.25), photos)
    assert naming.names == ["dog", "bull", "cat"] and found[:, 0].tolist() == [0.25] * 3
    cosines = np.array([[1, 0], [0, 1], [0.5**0.5, 0.5**0.5]])
    assert found[:, 1:] == pytest.approx(1 / (1 + np.exp(-25 * (cosines - 0.5))), rel=1e-4)


def test_a_word_is_refused_where_nothing_can_place_it(map_folder):
    with pytest.raises(ModelError, match="knows no meaning of 'blorgh'"):
        check_addition(map_folder, ["ox", "blorgh"])
    with pytest.raises(ModelError, match="no probabilities"):
        make_naming(["dog"], WordChoices(added=("ox",)), map_folder, False)
    (map_folder / module.FILE).unlink()
    with pytest.raises(ModelError, match="expected a map of words"):
        check_addition(map_folder, ["ox"])
