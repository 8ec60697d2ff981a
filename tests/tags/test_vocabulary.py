import polars as pl
import pytest

from phototags.errors import VocabularyError
from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import list_candidates, select_vocabulary
from phototags.tags.vocabulary import TagVocabulary, read_vocabulary, write_tsv

ANY = Vocabulary(min_users=1, min_photos=1, max_tags=None)


def with_keys(**keys):
    return ANY.model_copy(update=keys)


@pytest.fixture
def build(encode):
    return lambda tags, settings: select_vocabulary(list_candidates(encode(tags), [], settings))


def tagged(*rows):
    """(user, tags) rows as cleaned tags."""
    return pl.DataFrame(
        {
            "row": list(range(len(rows))),
            "photo_id": [f"p{row}" for row in range(len(rows))],
            "user_id": [user for user, _ in rows],
            "tags": [tags for _, tags in rows],
        },
        schema={
            "row": pl.Int64,
            "photo_id": pl.String,
            "user_id": pl.String,
            "tags": pl.List(pl.String),
        },
    )


def test_a_tag_of_one_user_is_out_however_many_photos_he_has(build):
    rows = [("owner", ["mine"])] * 100 + [("a", ["sea"]), ("b", ["sea"])]
    assert build(tagged(*rows), with_keys(min_users=2)).rows() == [("sea", 2, 2)]


def test_photos_of_nobody_add_photos_but_no_users(build):
    rows = [(None, ["sea"])] * 5 + [("a", ["sea", "sky"]), ("b", ["sky"])]
    assert build(tagged(*rows), with_keys(min_users=2)).rows() == [("sky", 2, 2)]
    assert build(tagged(*rows), ANY).rows() == [("sea", 6, 1), ("sky", 2, 2)]


def test_without_users_photos_alone_count(build):
    rows = [(None, ["sea", "sky"]), (None, ["sea"])]
    found = build(tagged(*rows), with_keys(min_users=3, min_photos=2))
    assert found.rows() == [("sea", 2, 0)]


def test_most_photos_come_first_and_ties_are_spelled_out(build):
    rows = [("a", ["b", "a", "c"]), ("b", ["c"])]
    assert build(tagged(*rows), ANY)["tag"].to_list() == ["c", "a", "b"]


def test_max_tags_keeps_those_of_the_most_people(build):
    rows = [("a", ["many photos"])] * 9 + [("a", ["many people"]), ("b", ["many people"])]
    assert build(tagged(*rows), with_keys(max_tags=1))["tag"].to_list() == ["many people"]


def test_counts_equal_those_of_a_plain_loop(build):
    rows = [(f"u{n % 7}", [f"t{n % k}" for k in (2, 3, 5) if n % k]) for n in range(200)]
    photos, users = {}, {}
    rows = [(user, list(dict.fromkeys(tags))) for user, tags in rows]
    for user, tags in rows:
        for tag in tags:
            photos[tag] = photos.get(tag, 0) + 1
            users.setdefault(tag, set()).add(user)
    expected = sorted(
        ((tag, photos[tag], len(users[tag])) for tag in photos if len(users[tag]) >= 6),
        key=lambda row: (-row[1], row[0]),
    )
    assert build(tagged(*rows), with_keys(min_users=6)).rows() == expected


def test_the_order_of_photos_does_not_matter(build):
    table = tagged(*[(f"u{n % 5}", [f"t{n % 3}", f"s{n % 4}"]) for n in range(60)])
    assert build(table, ANY).equals(build(table.sample(fraction=1, shuffle=True, seed=1), ANY))


def test_an_empty_vocabulary_says_what_was_asked(build):
    with pytest.raises(VocabularyError, match="min_users 1"):
        build(tagged(("a", ["sea"])), with_keys(min_users=9))
    with pytest.raises(VocabularyError, match="none of 0 tags"):
        build(tagged(("a", [])), ANY)


def test_what_is_written_is_read_back(build, tmp_path):
    table = build(tagged(("a", ['6" gun', "null", "nan", "台灣", "007", "😀"])), ANY)
    write_tsv(tmp_path / "vocabulary.tsv", table)
    found = read_vocabulary(tmp_path / "vocabulary.tsv")
    assert found.tags == table["tag"].to_list() == ["007", '6" gun', "nan", "null", "台灣", "😀"]
    assert found.photos == found.users == [1] * 6
    assert [found.index(tag) for tag in found.tags] == list(range(6))


def test_writing_twice_gives_the_same_bytes(build, tmp_path):
    table = tagged(*[(f"u{n % 5}", [f"t{n % 3}", f"s{n % 4}"]) for n in range(60)])
    for name in ("one.tsv", "two.tsv"):
        write_tsv(tmp_path / name, build(table, ANY))
    assert (tmp_path / "one.tsv").read_bytes() == (tmp_path / "two.tsv").read_bytes()


def test_an_unknown_tag_is_answered_with_the_closest():
    vocabulary = TagVocabulary(["sunset", "sea"], [2, 1], [2, 1])
    with pytest.raises(VocabularyError, match="closest: sunset"):
        vocabulary.index("sunsett")
    assert "sea" in vocabulary and "sunsett" not in vocabulary
    assert len(vocabulary) == 2


@pytest.mark.parametrize(
    "content", ["", "tag\tphotos\tusers\n", "tag\tphotos\tusers\na\t1\t1\na\t1\t1\n", "a,b\n1,2\n"]
)
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "vocabulary.tsv"
    path.write_text(content)
    with pytest.raises(VocabularyError, match=r"vocabulary\.tsv"):
        read_vocabulary(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(VocabularyError, match=r"missing\.tsv"):
        read_vocabulary(tmp_path / "missing.tsv")
