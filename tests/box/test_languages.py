"""The language files of the tagger in the box: a word for each tag, none for two tags."""

import pytest

from phototags.cli import main
from phototags.commands.common import BOX, LANGUAGES
from phototags.library.taggers import read_aliases
from phototags.library.word_edits import Words
from phototags.tags.vocabulary import read_vocabulary
from phototags.tags.word_choices import WordChoices, read_translations

TAGS = read_vocabulary(BOX / "vocabulary.tsv").tags
FILES = sorted(LANGUAGES.glob("*.tsv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_tag_has_a_word_of_its_own(path):
    """Else tags would be merged that nobody asked to merge, or be said in two languages."""
    (words,) = read_translations(path).values()
    assert list(words) == TAGS and path.stem in read_translations(path)
    spelt = [word.lower() for each in words.values() for word in each]
    assert len(spelt) == len(set(spelt))


def test_the_four_languages_are_there():
    assert [path.stem for path in FILES] == ["de", "es", "fr", "zh"]


@pytest.mark.parametrize(
    ("language", "word", "tag"),
    [("de", "Bäume", "tree"), ("de", "strasse", "street"), ("fr", "chiens", "dog"),
     ("es", "árboles", "tree"), ("zh", "狗", "dog"), ("de", "dogs", "dog")],
)  # fmt: skip
def test_words_and_their_plurals_find_their_tag(language, word, tag):
    (words,) = read_translations(LANGUAGES / f"{language}.tsv").values()
    choices = WordChoices(language=language, translations=words)
    found = Words(TAGS, read_aliases(BOX / "vocabulary.tsv"), choices).find(word)
    assert found == [tag]


def test_a_shipped_language_is_named_by_its_code_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["vocabulary", "translate", "--language", "fr"]) == 0
    assert main(["vocabulary", "block", "chien"]) == 0
    file = tmp_path / "phototags" / "words.tsv"
    rows = [line.split("\t") for line in file.read_text().splitlines()]
    assert rows == [["action", "word", "name"], ["language", "fr", ""], ["block", "dog", ""]]
    capsys.readouterr()
    assert main(["vocabulary", "list"]) == 0
    assert f"{'ciel':30}  sky\n" in capsys.readouterr().out
