"""The exported vocabulary: aliases, support, and that it is read like any other."""

import polars as pl
import pytest

from phototags.errors import VocabularyError
from phototags.export.export_tagger import (
    collect_aliases,
    write_exported_vocabulary,
)
from phototags.tags.vocabulary import TagVocabulary, read_vocabulary

KNOWN = TagVocabulary(["sea", 'a "dog"'], [3, 2], [2, 1])


def test_it_is_read_as_the_vocabulary_it_was_written_of(tmp_path):
    path = tmp_path / "vocabulary.tsv"
    write_exported_vocabulary(path, KNOWN, [["meer", "seas"], []], [4, 0])
    assert read_vocabulary(path) == KNOWN
    table = pl.read_csv(path, separator="\t")
    assert table["aliases"].to_list() == ["meer,seas", None]
    assert table["support"].to_list() == [4, 0]


def test_an_exported_vocabulary_that_is_damaged_is_refused(tmp_path):
    path = tmp_path / "vocabulary.tsv"
    write_exported_vocabulary(path, KNOWN, [[], []], [1, 2])
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
