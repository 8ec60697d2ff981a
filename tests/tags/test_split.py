import polars as pl
import pytest

from phototags.errors import CorpusError
from phototags.params.vocabulary import Split
from phototags.tags import split_corpus
from phototags.tags.split import hash_to_unit, split_photos

SETTINGS = Split(seed=0, test=0.2, validation=0.1)


def photos(users, parts=None):
    rows = range(len(users))
    table = {
        "row": list(rows),
        "photo_id": [f"p{row}" for row in rows],
        "user_id": users,
        "split": parts or [None] * len(users),
    }
    types = {"row": pl.Int64, "photo_id": pl.String, "user_id": pl.String, "split": pl.String}
    return pl.DataFrame(table, schema=types)


def parts(users, official=None, settings=SETTINGS, trained=True):
    return split_photos(photos(users, official), settings, trained)["part"].to_list()


def test_no_user_is_on_two_sides():
    users = [f"user{number % 200}" for number in range(2000)]
    sides = {}
    for user, part in zip(users, parts(users), strict=True):
        sides.setdefault(user, set()).add(part)
    assert all(len(side) == 1 for side in sides.values())
    assert set().union(*sides.values()) == {"train", "validation", "test"}


def test_the_shares_are_about_those_asked_for():
    users = [f"user{number}" for number in range(10_000)]
    found = parts(users)
    assert found.count("test") / 10_000 == pytest.approx(0.2, abs=0.02)
    assert found.count("validation") / 8_000 == pytest.approx(0.1, abs=0.02)


def test_a_user_stays_when_others_come():
    users = [f"user{number}" for number in range(300)]
    assert parts(users)[:200] == parts(users[:200])


def test_another_seed_tests_others():
    users = [f"user{number}" for number in range(300)]
    assert parts(users) != parts(users, settings=SETTINGS.model_copy(update={"seed": 1}))


def test_chance_is_uniform_and_fixed():
    numbers = [hash_to_unit(0, str(number)) for number in range(1000)]
    assert sum(numbers) / 1000 == pytest.approx(0.5, abs=0.05)
    # sha256("0/a") starts so: `printf 0/a | sha256sum`
    assert hash_to_unit(0, "a") == int("d3216b8dc7c4", 16) / 2**48


def test_photos_of_nobody_are_learned_from_where_others_are_named():
    users = [f"user{number}" for number in range(100)] + [None] * 100
    assert set(parts(users)[100:]) == {"train"}


def test_without_users_photos_are_split():
    found = parts([None] * 1000)
    assert set(found) == {"train", "validation", "test"}
    assert found.count("test") == pytest.approx(200, abs=50)


def test_a_corpus_that_is_not_trained_on_is_all_test():
    assert parts(["a", None], ["train", "validation"], trained=False) == ["test", "test"]


def test_an_official_split_is_kept():
    official = ["train", "validation", "test", None]
    assert parts(["a", "b", "c", "d"], official) == ["train", "validation", "test", "train"]


def test_validation_is_carved_from_the_official_training_part_by_whole_users():
    users = [f"user{number % 100}" for number in range(1000)]
    official = ["test" if number % 5 == 0 else "train" for number in range(1000)]
    found = parts(users, official)
    assert [part == "test" for part in found] == [part == "test" for part in official]
    learned = {user for user, part in zip(users, found, strict=True) if part == "train"}
    held = {user for user, part in zip(users, found, strict=True) if part == "validation"}
    assert held and not learned & held


@pytest.mark.parametrize("seed", range(20))
def test_three_users_fill_three_parts(seed):
    found = parts(["a", "a", "b", "c"], settings=SETTINGS.model_copy(update={"seed": seed}))
    assert set(found) == {"train", "validation", "test"}
    assert found[0] == found[1]


def test_two_users_cannot_fill_three_parts():
    with pytest.raises(CorpusError, match="2 users"):
        parts(["a", "a", "b"])


def test_an_unknown_official_part_is_refused_by_name():
    with pytest.raises(CorpusError, match="'trian'"):
        parts(["a", "b"], ["trian", "test"])


def test_order_and_rows_are_those_of_the_photos():
    table = photos(["a", "b", "c"]).reverse()
    assert split_photos(table, SETTINGS, True)["row"].to_list() == [2, 1, 0]


USERS = [f"user{number % 60}" if number % 9 else None for number in range(500)]
OFFICIAL = [["train", "test", None, "train"][number % 4] for number in range(500)]


@pytest.mark.parametrize("rows", [1, 64, 500, 1000])
@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize(
    ("users", "official"),
    [(USERS, None), ([None] * 500, None), (USERS, OFFICIAL), ([None] * 500, OFFICIAL)],
    ids=["users", "nobody", "official", "official, nobody"],
)
def test_a_corpus_is_split_block_by_block_as_a_whole(
    tmp_path, monkeypatch, users, official, trained, rows
):
    table = photos(users, official)
    table.write_parquet(tmp_path / "photos.parquet", row_group_size=100)
    expected = split_photos(table, SETTINGS, trained)
    expected.write_parquet(tmp_path / "whole.parquet", row_group_size=rows)
    monkeypatch.setattr(split_corpus, "GROUP_ROWS", rows)
    to = tmp_path / "split.parquet"
    split_corpus.split_corpus(tmp_path / "photos.parquet", to, SETTINGS, trained)
    assert pl.read_parquet(to).equals(expected)
    if rows >= 500:
        assert to.read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_a_corpus_of_too_few_users_is_refused_before_anything_is_written(tmp_path):
    photos(["a", "a", "b"]).write_parquet(tmp_path / "photos.parquet")
    with pytest.raises(CorpusError, match="2 users"):
        split_corpus.split_corpus(
            tmp_path / "photos.parquet", tmp_path / "split.parquet", SETTINGS, True
        )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["photos.parquet"]
