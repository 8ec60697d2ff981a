"""Letters and marks that people and programs write in several ways meet in one."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from phototags.tags.letters import HYPHENS, decode_escapes, fold_marks
from phototags.tags.spelling import Spelling, clean

DASHES = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Pd"}
JAPANESE = set("〜〰゠")  # between numbers and between names; no hyphens


def test_every_dash_of_unicode_is_a_hyphen():
    assert set(HYPHENS) - set("\u02d7\u2043\u2212") == DASHES - JAPANESE - {"-"}
    assert {clean(f"new{dash}york").tag for dash in DASHES - JAPANESE} == {"new-york"}


@pytest.mark.parametrize("mark", "'’‘ʼʻʹ′`´ꞌ＇՚‛")
def test_every_apostrophe_is_one(mark):
    assert clean(f"L{mark}Aquila") == Spelling("l'aquila")


AROUND = [
    "«»",
    "»«",
    "„“",
    "“”",
    "‹›",
    "「」",
    "『』",
    "【】",
    "〈〉",
    "《》",
    "〔〕",
    "（）",
    "［］",
    "〝〞",
]


@pytest.mark.parametrize("marks", [*AROUND, "״״", "❝❞", '""', "''", "()", "[]"])
def test_quotes_and_brackets_of_all_scripts_around_a_tag_go(marks):
    opening, closing = marks
    assert clean(f"{opening}mer{closing}") == Spelling("mer")
    assert clean(f"“{opening}mer{closing}”") == Spelling("mer")


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("(CC) (BY)", "(cc) (by)"),
        ('"a" and "b"', '"a" and "b"'),
        ("«a» et «b»", '"a" et "b"'),
        ("rock ’n’ roll", "rock 'n' roll"),
        ("'L'Aquila'", "l'aquila"),
        ("[a][b]", "[a][b]"),
        ("¿qué?", "qué"),
        ("海、", "海"),
    ],
)
def test_marks_that_are_not_around_the_whole_stay(written, tag):
    assert clean(written) == Spelling(tag)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Παρθενώνας", "ΠΑΡΘΕΝΏΝΑΣ"),
        ("σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ığdır", "IĞDIR"),
        ("istanbul", "İSTANBUL"),
        ("القاهرة", "القـــاهرة"),
        ("テスト", "ﾃｽﾄ"),
        ("tokyo 2020", "Ｔｏｋｙｏ　２０２０"),
        ("strasse", "STRAẞE"),
    ],
)
def test_a_word_and_its_other_forms_are_one_tag_in_its_usual_form(one, other):
    assert clean(one) == clean(other) == Spelling(one.lower())


@pytest.mark.parametrize(
    "emoji",
    ["1\ufe0f\u20e3", "#\ufe0f\u20e3", "*\ufe0f\u20e3", "🏳\ufe0f\u200d🌈", "❤\ufe0f\u200d🔥",
     "👩🏽\u200d🚀", "🇩🇪", "👁\ufe0f\u200d🗨\ufe0f"],
)  # fmt: skip
def test_sequences_of_emoji_stay_whole(emoji):
    assert clean(emoji).tag.startswith(emoji[:-1]) and not clean(emoji).reason
    assert clean(clean(emoji).tag) == clean(emoji)


def test_a_keycap_with_and_without_its_selector_is_one():
    assert clean("1\u20e3") == clean("1\ufe0f\u20e3")


@pytest.mark.parametrize("heart", ["<3", "&lt;3", "</3", ":3"])
def test_a_heart_is_no_number(heart):
    assert clean(heart).tag == heart.replace("&lt;", "<")


@given(some.text(some.characters(categories=["L"], min_codepoint=0xC0), min_size=1, max_size=8))
def test_what_json_escaped_is_read_with_its_backslashes(word):
    assert decode_escapes(json.dumps(word)[1:-1]) == word


@given(some.text(some.sampled_from("éèàùçêîôûñóíáüöäßÅØ"), min_size=1, max_size=6))
def test_letters_of_latin_1_are_read_without_their_backslashes(word):
    assert decode_escapes("Caf" + json.dumps(word)[1:-1].replace("\\", "")) == "Caf" + word


@pytest.mark.parametrize("word", ["u2026", "menu2009", "ubuntu1004", "u0000", "u00d7", "fu1234"])
def test_words_that_only_look_escaped_stay(word):
    assert clean(word) == Spelling(word)


@pytest.mark.parametrize("written", ["M\ufffdnchen", "M%EF%BF%BDnchen", "\ufffd", "M\udcfcnchen"])
def test_a_lost_letter_is_refused_and_not_left_out(written):
    assert clean(written) == Spelling("", "replacement character")


@given(some.text(max_size=30))
def test_marks_are_folded_once_and_for_all(text):
    assert fold_marks(fold_marks(text)) == fold_marks(text)
