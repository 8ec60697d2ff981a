"""A person's choices about words: one readable file, read back as it was, and not trusted."""

import pytest

from phototags.errors import ModelError, VocabularyError
from phototags.tags.word_choices import (
    FILE,
    LANGUAGES_FILE,
    MAX_BYTES,
    WordChoices,
    read_choices,
    read_translations,
    write_choices,
    write_translations,
)

CHOICES = WordChoices(
    frozenset({"structure"}), {"people": "Leute"}, ("rickshaw", "tuk tuk"), "de",
    {"dog": ("Hund", "Hunde")},
)  # fmt: skip
HEAD = "action\tword\tname\n"


def test_what_is_written_is_read_back(tmp_path):
    write_translations(tmp_path / LANGUAGES_FILE, {"de": CHOICES.translations})
    write_choices(tmp_path / FILE, CHOICES)
    assert read_choices(tmp_path / FILE) == CHOICES
    write_choices(tmp_path / FILE, WordChoices())
    assert not (tmp_path / FILE).exists()
    assert read_choices(tmp_path / FILE) == WordChoices()


def test_a_name_is_the_persons_then_the_languages_then_the_tag():
    names = [CHOICES.name(word) for word in ("structure", "people", "dog", "rickshaw", "sky")]
    assert names == [None, "Leute", "Hund", "rickshaw", "sky"]


def test_only_choices_that_change_a_word_have_an_identity():
    assert WordChoices().identify() == WordChoices(language="de").identify() == ""
    block = [WordChoices(frozenset({one})).identify() for one in ("a", "b")]
    assert len({"", *block, CHOICES.identify()}) == 4


def test_a_file_of_ones_own_comes_before_the_shipped_one(tmp_path):
    (tmp_path / "shipped").mkdir()
    for language in ("de", "fr"):
        words = {language: {"dog": (f"shipped {language}",)}}
        write_translations(tmp_path / "shipped" / f"{language}.tsv", words)
    write_translations(tmp_path / LANGUAGES_FILE, {"de": {"dog": ("Hund",)}})
    for language, expected in (("de", "Hund"), ("fr", "shipped fr")):
        write_choices(tmp_path / FILE, WordChoices(language=language))
        assert read_choices(tmp_path / FILE, tmp_path / "shipped").name("dog") == expected
    write_choices(tmp_path / FILE, WordChoices(language="it"))
    with pytest.raises(VocabularyError, match="no words of the language 'it'"):
        read_choices(tmp_path / FILE, tmp_path / "shipped")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no table\n", "line 1 should have the columns"),
        (HEAD.encode() + b"praise\tdog\t\n", "line 2 should begin with one of"),
        (HEAD.encode() + b"# why\nblock\t\x1b[2J\t\n", "line 3 should be a word"),
        (HEAD.encode() + b"rename\tdog\t\n", "line 2 should be a word"),
        (HEAD.encode() + b"rename\tdog\t a\n", "line 2 should be a word"),
        (HEAD.encode() + b"rename\tdog\t\xe2\x80\xae\n", "line 2 should be a word"),
        (HEAD.encode() + b"block\t" + b"a" * 101 + b"\t\n", "line 2 should be a word"),
        (HEAD.encode() + b"add\thttp://a.b\t\n", "line 2 should be a word"),
        (HEAD.encode() + b"language\t../../etc\t\n", "line 2 should be the code"),
        (HEAD.encode() + b"block\tdog\tcat\tcow\n", "line 2 should have the columns"),
        (HEAD.encode() + b"".join(b"add\tw%d\t\n" % n for n in range(1001)), "1000 words at most"),
        (b"\xff\xfe", "UTF-8"),
        (b"#" * (MAX_BYTES + 1), "bytes at most"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_damaged_or_hostile_file_is_refused_with_its_line(tmp_path, content, said):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ModelError, match=said):
        read_choices(tmp_path / FILE)


def test_a_language_file_may_be_edited_by_hand(tmp_path):
    """With a byte order mark, line ends of Windows, comments, and blanks cut at the end."""
    text = "\ufefftag\tlanguage\tword\r\n# pets\r\ndog\tde\tHund\r\ndog\tde\tHunde\r\n\r\n"
    (tmp_path / "a.tsv").write_bytes(text.encode())
    assert read_translations(tmp_path / "a.tsv") == {"de": {"dog": ("Hund", "Hunde")}}
    (tmp_path / FILE).write_text(HEAD + "block\tdog\n")
    assert read_choices(tmp_path / FILE).blocked == {"dog"}
