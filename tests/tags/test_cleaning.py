import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phototags.tags.cleaning import clean_distinct
from phototags.tags.spelling import clean


def photos(*rows):
    table = {"row": [], "photo_id": [], "user_id": [], "tags": []}
    for row, (user, tags) in enumerate(rows):
        for column, value in zip(table, (row, f"p{row}", user, tags), strict=True):
            table[column].append(value)
    schema = {"row": pl.Int64, "photo_id": pl.String, "user_id": pl.String}
    return pl.DataFrame(table, schema=schema | {"tags": pl.List(pl.String)})


def test_a_photo_keeps_each_tag_once_in_written_order(clean_table):
    tags, _ = clean_table(photos(("a", ["Sea", "#sky", "sea", "SKY", "art"]), ("b", ["sea"])))
    assert tags["tags"].to_list() == [["sea", "sky", "art"], ["sea"]]


def test_a_photo_without_tags_keeps_its_row(clean_table):
    tags, _ = clean_table(photos(("a", []), ("b", None), ("c", ["--"]), ("d", ["sea"])))
    assert tags["tags"].to_list() == [[], [], [], ["sea"]]
    assert tags["row"].to_list() == [0, 1, 2, 3]


def test_no_photo_at_all_gives_empty_tables(clean_table):
    tags, spelling = clean_table(photos())
    assert tags.columns == ["row", "photo_id", "user_id", "camera", "tags"]
    assert tags.is_empty() and spelling.is_empty()


def test_each_written_tag_is_listed_once_with_its_photos_and_users(clean_table):
    _, spelling = clean_table(
        photos(
            ("a", ["Sea", "Sea", "sea"]),
            ("a", ["Sea"]),
            ("b", ["Sea", "geo:lat=1"]),
            (None, ["Sea"]),
        )
    )
    assert spelling.rows() == [
        ("Sea", "sea", "", 4, 2),
        ("geo:lat=1", "", "machine tag", 1, 1),
        ("sea", "sea", "", 1, 1),
    ]


def test_a_program_that_printed_its_values_betrays_their_type(clean_table):
    printed = [f"hash(0x89c79d{digit})" for digit in range(3)]
    tags, spelling = clean_table(photos(("a", ["hash", "icon"]), ("b", printed)))
    assert tags["tags"].to_list() == [["icon"], []]
    assert dict(spelling.select("written", "reason").rows())["hash"] == "program value"


def test_hash_stays_where_no_program_printed_its_values(clean_table):
    tags, _ = clean_table(photos(("a", ["hash", "potatoes"]), ("b", ["hash(0x89c79d4)"])))
    assert tags["tags"].to_list() == [["hash", "potatoes"], []]


def test_what_programs_printed_into_test_photos_decides_nothing(clean_table):
    printed = [f"hash(0x89c79d{digit})" for digit in range(3)]
    rows = photos(("a", ["hash", *printed[:2]]), ("b", printed))
    kept, _ = clean_table(rows, training=1)
    assert kept["tags"].to_list() == [["hash"], []]
    refused, _ = clean_table(rows, training=2)
    assert refused["tags"].to_list() == [[], []]


def test_joined_tags_equal_those_of_a_plain_loop(clean_table):
    rows = [("u", ["A b", "a_b", "", "é" * (n % 3), "c" * n]) for n in range(50)]
    tags, _ = clean_table(photos(*rows))
    for (_, written), found in zip(rows, tags["tags"].to_list(), strict=True):
        cleaned = [clean(one).tag for one in written]
        assert found == list(dict.fromkeys(tag for tag in cleaned if tag))


@settings(deadline=None)
@given(st.lists(st.text("aZ9 +_-%#KİÄ&:.", max_size=9) | st.text(max_size=9), unique=True))
@example(["geolat41", "GEOLON-3", "geology", "a" * 100, "b" * 101, "K", "a\n", "a  b", "a_+b"])
def test_all_at_once_is_as_one_by_one(written):
    table = clean_distinct(pl.Series("written", written, dtype=pl.String))
    assert table["written"].to_list() == written
    assert table.select("tag", "reason").rows() == [tuple(clean(one)) for one in written]


@pytest.mark.parametrize(
    ("written", "others", "tag"),
    [
        ("GoldenGate", ["golden", "gate"], "golden gate"),
        ("#goldenGate", ["golden", "gate"], "golden gate"),
        ("GoldenGate", ["golden"], "goldengate"),
        ("YouTube", ["you", "tube", "youtube"], "youtube"),
        ("RedRose", ["red rose", "redrose"], "red rose"),
        ("McDonald", ["mc", "donald"], "mcdonald"),
        ("\u00celeDeFrance", ["\u00eele de france"], "\u00eele de france"),
        ("NASA", ["n", "a", "s"], "nasa"),
    ],
)
def test_camel_case_is_split_where_its_words_are_known(clean_table, written, others, tag):
    tags, _ = clean_table(photos(("a", [written]), ("b", others)))
    assert tags["tags"].to_list() == [[tag], others]


def test_the_words_of_test_photos_split_no_camel_case(clean_table):
    rows = photos(("a", ["GoldenGate"]), ("b", ["golden", "gate"]))
    assert clean_table(rows, training=1)[0]["tags"].to_list()[0] == ["goldengate"]
    assert clean_table(rows, training=2)[0]["tags"].to_list()[0] == ["golden gate"]


def test_escapes_are_undone_in_a_corpus_too():
    assert clean_distinct(pl.Series(["cu00e9ru00e9monie"]))["tag"].to_list() == ["cérémonie"]
