import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototags.tags.spelling import Spelling, clean


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("square+format", "square format"),
        ("art+%26+social+practice", "art & social practice"),
        ("b%26w", "b&w"),
        ("washington%2C+dc", "washington, dc"),
        ("United_Nations_Member", "united nations member"),
        ("#Sunset", "sunset"),
        ("＃夕焼け", "夕焼け"),
        ("c++", "c++"),
        ("c%2B%2B", "c++"),
        ("c#", "c#"),
        ("f-16", "f-16"),
        ("x-pro+ii", "x-pro ii"),
        ("  two\t words ", "two words"),
        ("(sunset)", "sunset"),
        ("“quoted”", "quoted"),
        ("L’Aquila", "l'aquila"),
        ("&eacute;toile", "étoile"),
        ("Stra\u00dfe", "strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁsh", "fish"),
        ("Ｔｏｋｙｏ", "tokyo"),
        ("cafe\u0301", "café"),
        ("schÃ¶n", "schön"),
        ("zero\u200bwidth", "zerowidth"),
        ("100%", "100%"),
        ("50%de descuento", "50%de descuento"),
        ("1:1", "1:1"),
    ],
)
def test_ways_of_writing_meet_in_one_spelling(written, tag):
    assert clean(written) == Spelling(tag)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("%E5%8F%B0%E7%81%A3", "台灣"),
        ("Санкт-Петербург", "санкт-петербург"),
        ("ΑΘΉΝΑ", "αθήνα"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("दिल्ली", "दिल्ली"),
        ("서울", "서울"),
        ("กรุงเทพ", "กรุงเทพ"),
        ("القاهرة", "القاهرة"),
    ],
)
def test_other_scripts_survive(written, tag):
    assert clean(written) == Spelling(tag)


@pytest.mark.parametrize(
    "emoji",
    [
        "😀",
        "👨\u200d👩\u200d👧",
        "👍🏽",
        "🇫🇷",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_emoji_are_tags(emoji):
    assert clean(emoji) == Spelling(emoji)


def test_an_emoji_with_and_without_its_variation_selector_is_one_tag():
    assert clean("❤\ufe0f") == clean("❤") == Spelling("❤")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("---", "punctuation"),
        (":)", "punctuation"),
        ("%E2%80%93", "punctuation"),
        ("camera:make=Canon", "machine tag"),
        ("geo%3Alat%3D41.38", "machine tag"),
        ("geo:lat=", "machine tag"),
        ("geolat41.38", "machine tag"),
        ("uploaded:by=instagram", "machine tag"),
        ("http%3A%2F%2Fexample.org%2Fa_b", "address"),
        ("www.example.org/me", "address"),
        ("flickr.com", "address"),
        ("somebody@example.org", "address"),
        ("HASH(0x89c79d4)", "program value"),
        ("[object Object]", "program value"),
        ("word " * 21, "too long"),
    ],
)
def test_what_is_no_tag_is_refused_with_a_reason(written, reason):
    assert clean(written) == Spelling("", reason)


@pytest.mark.parametrize("word", ["geology", "geolocation", "hash", "object", "re: summer", "3:2"])
def test_words_that_look_like_a_refusal_stay(word):
    assert clean(word) == Spelling(word)


@pytest.mark.parametrize("word", ["cars", "car", "paris", "buses", "canvas", "glasses", "tree"])
def test_plurals_stay_as_written(word):
    assert clean(word).tag == word


@given(st.text(max_size=40))
def test_cleaning_a_clean_tag_changes_nothing(written):
    tag, reason = clean(written)
    assert bool(tag) != bool(reason)
    if tag and not clean(tag).reason:
        assert clean(tag).tag == tag


@given(st.text(max_size=40))
def test_a_clean_tag_can_be_written_to_a_table(written):
    tag = clean(written).tag
    tag.encode()
    assert tag == tag.strip() and not set(tag) & set("\t\n\r\0")


def test_the_words_of_the_260_columns_of_corel5k_stay_as_they_are(real_mirror):
    path = Path(real_mirror) / "corel5k/inria260/recovered_words.tsv"
    with open(path) as file:
        words = [row["word"] for row in csv.DictReader(file, delimiter="\t")]
    assert [clean(word).tag for word in words] == words
    assert len(words) == 260
