"""What `phototags vocabulary why` answers, on a handful of photos."""

import polars as pl
import pytest

from phototags.errors import VocabularyError
from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import list_candidates
from phototags.tags.cleaning import clean_photos
from phototags.tags.explain import explain
from phototags.tags.merging import find_merges
from phototags.tags.vocabulary import CANDIDATES, SPELLING, read_tsv, write_tsv

TWO = Vocabulary(min_users=2, min_photos=1, max_tags=None, merge=["lemma"])
WRITTEN = [
    ("ann", ["Sea", "cars", "geo:lat=1"]),
    ("ann", ["sea"]),
    ("bob", ["#SEA", "car", "art"]),
    ("cid", ["cars", "auto"]),
    (None, ['6" gun', "null"]),
]


@pytest.fixture
def tables(tmp_path, wordnet, encode):
    """candidates.tsv and spelling.tsv, written and read again."""
    photos = pl.DataFrame(
        {
            "row": list(range(len(WRITTEN))),
            "photo_id": [str(row) for row in range(len(WRITTEN))],
            "user_id": [user for user, _ in WRITTEN],
            "tags": [tags for _, tags in WRITTEN],
        },
        schema_overrides={"user_id": pl.String, "tags": pl.List(pl.String)},
    )
    tags, spelling = clean_photos(encode(photos))
    judged = list_candidates(tags, find_merges(tags, TWO, wordnet), TWO, wordnet)
    write_tsv(tmp_path / "candidates.tsv", judged)
    write_tsv(tmp_path / "spelling.tsv", spelling)
    spelling = read_tsv(tmp_path / "spelling.tsv", SPELLING)
    return read_tsv(tmp_path / "candidates.tsv", CANDIDATES), spelling


def test_a_kept_tag_has_its_counts(tables):
    (line,) = explain("sea", *tables)  # 2 of 3 photos are one user's: 0.92 bits
    assert line.startswith(
        "sea: kept (3 photos by 2 users, entropy 0.92 bits, effective users 1.9)"
    )


def test_a_refused_tag_has_the_rule(tables):
    (line,) = explain("art", *tables)
    assert line.startswith("art: refused by min_users: fewer than 2 (1 photo by 1 user, ")


def test_what_people_wrote_is_spelt_first(tables):
    assert explain("#SEA", *tables)[0] == "'#SEA' is spelt 'sea'"
    assert explain("SEA!!", *tables)[0] == "'SEA!!' is spelt 'sea'"  # as nobody wrote it


def test_a_merged_tag_is_followed_to_what_it_became(tables):
    first, second = explain("cars", *tables)
    assert first.startswith("cars: became car by lemma (2 photos by 2 users")
    assert second.startswith("car: kept (3 photos by 3 users")


def test_a_tag_may_hold_quotes_and_look_like_nothing(tables):
    assert explain('6" gun', *tables) == ['6" gun: refused by min_users: fewer than 2 (1 photo)']
    assert explain("null", *tables)[0].startswith("null: refused by min_users")


def test_what_its_spelling_refuses_says_so(tables):
    (line,) = explain("geo:lat=1", *tables)
    assert "refused by its spelling: machine tag, on 1 photo by 1 user" in line
    assert explain("!!!", *tables) == [
        "'!!!' is refused by its spelling: punctuation, and nobody wrote it"
    ]


def test_an_unknown_tag_names_the_closest(tables):
    with pytest.raises(VocabularyError, match=r"'seaa' is on none .*closest: sea"):
        explain("seaa", *tables)


def test_several_parts_are_each_followed():
    rows = [
        ("seasky", 1, 1, 0.0, 1.0, "split: became sea, sky"),
        ("sea", 4, 3, 1.5, 2.8, "kept"),
        ("sky", 2, 2, 1.0, 2.0, "lemma: became skies, blue"),
        ("skies, blue", 2, 2, 1.0, 2.0, "kept: whitelist"),
    ]
    table = pl.DataFrame(
        rows, ["tag", "photos", "users", "entropy", "effective_users", "why"], orient="row"
    )
    found = [
        line.split(" (")[0] for line in explain("seasky", table, pl.DataFrame(schema=SPELLING))
    ]
    assert found == [
        "seasky: became sea, sky by split",
        "sea: kept",
        "sky: became skies, blue by lemma",
        "skies, blue: kept: whitelist",
    ]


def test_a_missing_table_is_told_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(VocabularyError, match=r"candidates.tsv should be a table .*make results"):
        read_tsv(tmp_path / "candidates.tsv", CANDIDATES)
