"""The exported vocabulary: aliases, thresholds, and that it is read like any other."""

import numpy as np
import polars as pl
import pytest
import torch

from phototags.errors import VocabularyError
from phototags.export.export_tagger import (
    choose_thresholds,
    collect_aliases,
    write_exported_vocabulary,
)
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.tags.vocabulary import TagVocabulary, read_vocabulary

KNOWN = TagVocabulary(["sea", 'a "dog"'], [3, 2], [2, 1])


def test_it_is_read_as_the_vocabulary_it_was_written_of(tmp_path):
    path = tmp_path / "vocabulary.tsv"
    write_exported_vocabulary(path, KNOWN, [["meer", "seas"], []], np.array([0.1, np.nan]))
    assert read_vocabulary(path) == KNOWN
    table = pl.read_csv(path, separator="\t")
    assert table["aliases"].to_list() == ["meer,seas", None]
    assert table["threshold"].to_list() == [0.1, None]


def test_an_exported_vocabulary_that_is_damaged_is_refused(tmp_path):
    path = tmp_path / "vocabulary.tsv"
    write_exported_vocabulary(path, KNOWN, [[], []], np.array([0.1, 0.2]))
    path.write_text(path.read_text().replace("\t3\t", "\tthree\t"))
    with pytest.raises(VocabularyError, match="vocabulary.tsv should be a table"):
        read_vocabulary(path)


def test_an_alias_is_followed_to_its_end_and_one_of_several_tags_is_none():
    became = {
        "c": "alias: became b",
        "b": "joined: became a",
        "ab": "split: became a, sea",
        "x": "lemma: became y",
        "y": "lemma: became x",
        "lost": "synset: became nowhere",
    }
    table = pl.DataFrame({"tag": ["a", *became], "why": ["kept", *became.values()]})
    assert collect_aliases(["sea", "a"], table) == [[], ["b", "c"]]
    refused = pl.DataFrame({"tag": ["hash"], "why": ["min_users: fewer than 3"]})
    assert collect_aliases(["sea"], refused) == [[]]


def test_thresholds_are_of_the_validation_photos_alone():
    tagger = FrequencyTagger(torch.tensor([3, 2]))
    photos = TaggedPhotos(["p", "q"], torch.zeros(2, 4), torch.tensor([[0], [0]]))
    found = choose_thresholds(tagger, photos, 2)
    assert found[0] == tagger.scores(photos.features)[0, 0] and np.isnan(found[1])
    none = TaggedPhotos([], torch.zeros(0, 4), torch.zeros(0, 1, dtype=torch.int64))
    assert np.isnan(choose_thresholds(tagger, none, 2)).all()
