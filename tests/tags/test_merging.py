import polars as pl
import pytest

from phototags.tags.merging import (
    merge_lemmas,
    merge_spacing,
    merge_synsets,
    replace_tags,
    split_compounds,
)


def test_equal_letters_become_the_spelling_of_most_people():
    users = {"golden gate": 5, "goldengate": 9, "golden-gate": 1, "gate": 3}
    assert merge_spacing(users) == {"golden gate": ("goldengate",), "golden-gate": ("goldengate",)}


def test_ties_go_to_the_first_spelling():
    assert merge_spacing({"b a": 2, "ba": 2}) == {"ba": ("b a",)}


def test_a_run_together_tag_becomes_the_likeliest_tags():
    users = {"golden gate": 30, "bridge": 50, "golden": 20, "gate": 20, "goldengatebridge": 1}
    assert split_compounds(users, None, 3) == {"goldengatebridge": ("golden gate", "bridge")}


def test_the_likeliest_is_that_of_all_ways(wordnet):
    # "abcdef": abc+def has probability 4/40 * 4/40, abcd+ef is too short, ab+cdef too
    users = {"abc": 4, "def": 4, "abcd": 30, "ef": 1, "abcdef": 1}
    assert split_compounds(users, wordnet, 2) == {"abcdef": ("abc", "def")}


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("glasscar", "kept itself: enough people write it"),
        ("glasses", "a noun"),
        ("glasscarx", "a letter is left"),
        ("glass car", "not run together"),
        ("glasscar1", "not only letters"),
    ],
)
def test_what_is_not_split(wordnet, tag, why):
    users = {"glass": 9, "car": 9, "ses": 9, tag: 9 if why.startswith("kept") else 1}
    assert split_compounds(users, wordnet, 3) == {}


def test_parts_need_people_and_three_letters():
    assert split_compounds({"sea": 2, "view": 9, "seaview": 1}, None, 3) == {}
    assert split_compounds({"by": 9, "sea": 9, "bysea": 1}, None, 3) == {}


def test_nothing_is_split_where_nothing_is_known():
    assert split_compounds({}, None, 3) == {}
    assert split_compounds({"seaview": 1}, None, 3) == {}


def test_plurals_become_singular_even_if_nobody_wrote_it(wordnet):
    found = merge_lemmas({"cars": 3, "glasses": 2, "brown bears": 1, "xyzzys": 1}, wordnet)
    assert found == {"brown bears": ("brown bear",), "cars": ("car",)}


def test_synonyms_become_the_word_of_most_people(wordnet):
    users = {"auto": 5, "car": 3, "cars": 1, "ursus arctos": 1, "brown bear": 2, "sky": 1}
    assert merge_synsets(users, wordnet) == {
        "car": ("auto",),
        "cars": ("auto",),
        "ursus arctos": ("brown bear",),
    }


def frame(*tags):
    rows = list(range(len(tags)))
    return pl.DataFrame(
        {"row": rows, "user_id": [None] * len(tags), "tags": list(tags)},
        schema={"row": pl.Int64, "user_id": pl.String, "tags": pl.List(pl.String)},
    )


def test_merged_tags_keep_their_place_and_stand_once(encode, texts):
    merges = {"cars": ("car",), "seaview": ("sea", "view")}
    photos = encode(frame(["cars", "sky", "car"], [], ["a", "seaview", "sea"]))
    assert texts(replace_tags(photos, merges)) == [["car", "sky"], [], ["a", "sea", "view"]]


def test_without_merges_nothing_changes(encode, texts):
    photos = encode(frame(["b", "a"], []))
    for merges in ({}, {"c": ("d",)}):
        assert texts(replace_tags(photos, merges)) == [["b", "a"], []]


def test_applying_equals_a_plain_loop(encode, texts):
    merges = {f"t{n}": (f"s{n % 3}", f"r{n % 2}")[: 1 + n % 2] for n in range(5)}
    photos = [[f"t{(n * k) % 8}" for k in range(n % 5)] for n in range(40)]
    photos = [list(dict.fromkeys(tags)) for tags in photos]
    expected = [
        list(dict.fromkeys(one for tag in tags for one in merges.get(tag, (tag,))))
        for tags in photos
    ]
    assert texts(replace_tags(encode(frame(*photos)), merges)) == expected
