"""Which photos are judged, and that none of them was learned from."""

import pandas as pd
import pytest
import torch

from phototags.errors import CorpusError
from phototags.evaluation.test_photos import (
    JUDGED,
    LEARNED,
    judged_photos,
    photos_of,
    refuse_overlap,
    with_features,
    without_history,
)
from phototags.users.user_table import UserTable

USERS = ["ann", "ann", "bob", "cem", None]
PARTS = ["train", "validation", "test", "test", "test"]


@pytest.fixture
def corpus(tmp_path):
    tags = pd.DataFrame(
        {"row": [4, 0, 2, 6, 8], "photo_id": list("abcde"), "user_id": USERS, "tags": [["sea"]] * 5}
    )
    tags.to_parquet(tmp_path / "tags.parquet")
    split = tags[["row", "photo_id"]].assign(part=PARTS).sort_values("row")
    split.to_parquet(tmp_path / "split.parquet")
    return tmp_path / "tags.parquet", tmp_path / "split.parquet"


def test_the_photos_of_a_part_come_by_row(corpus):
    assert photos_of(*corpus, LEARNED)["row"].to_list() == [0, 4]
    assert photos_of(*corpus, JUDGED)["photo_id"].to_list() == ["c", "d", "e"]


def test_tags_and_split_of_different_photos_are_refused(corpus):
    tags, split = corpus
    pd.read_parquet(split).iloc[1:].to_parquet(split)
    with pytest.raises(CorpusError, match="list 5 and 4"):
        photos_of(tags, split, JUDGED)


def test_a_clean_split_is_accepted_and_unknown_users_are_nobody(corpus):
    learned = photos_of(*corpus, LEARNED)
    refuse_overlap("shapes", "shapes", learned, photos_of(*corpus, JUDGED))
    refuse_overlap("shapes", "shapes", learned.assign(user_id=None), photos_of(*corpus, JUDGED))


def test_a_user_on_both_sides_is_refused_with_the_count(corpus):
    judged = photos_of(*corpus, JUDGED).assign(user_id=["ann", "bob", "ann"])
    with pytest.raises(CorpusError, match="0 photos and 1 users stand on both sides, .*'ann'"):
        refuse_overlap("shapes", "shapes", photos_of(*corpus, LEARNED), judged)


def test_a_photo_on_both_sides_is_refused_with_the_count(corpus):
    judged = photos_of(*corpus, JUDGED).assign(photo_id=["a", "b", "e"])
    with pytest.raises(CorpusError, match="2 photos and 0 users"):
        refuse_overlap("shapes", "shapes", photos_of(*corpus, LEARNED), judged)


def test_photos_without_features_are_not_judged(corpus):
    assert with_features(photos_of(*corpus, JUDGED), [2, 8, 99], "shapes")["row"].to_list() == [
        2,
        8,
    ]


def test_no_photo_to_judge_is_an_error(corpus):
    with pytest.raises(CorpusError, match="of its 3 test photos none has"):
        with_features(photos_of(*corpus, JUDGED), [], "shapes")


def test_ids_of_different_corpora_are_not_compared(corpus):
    learned = photos_of(*corpus, LEARNED)
    refuse_overlap("shapes", "stamps", learned, learned)


def test_photos_that_are_history_are_left_out_and_listed():
    photos = pd.DataFrame({"row": [3, 5, 8], "photo_id": list("abc")})
    table = UserTable(torch.tensor([3, 5, 8]), torch.tensor([False, True, False]), {})
    scored, drops = without_history(photos, table, "shapes")
    assert scored["photo_id"].tolist() == ["a", "c"]
    assert [(drop.step, drop.photo_id) for drop in drops] == [("score_tagger shapes", "b")]
    everything, none = without_history(photos, None, "shapes")
    assert everything is photos and none == []


def test_test_photos_are_judged_but_for_the_history_of_their_users(corpus):
    table = UserTable(torch.tensor([2, 6, 8]), torch.tensor([True, False, False]), {})
    photos, drops = judged_photos("shapes", corpus, "shapes", corpus, table)
    assert photos["photo_id"].to_list() == ["d", "e"]
    assert [drop.photo_id for drop in drops] == ["c"]
    everything, none = judged_photos("shapes", corpus, "shapes", corpus)
    assert everything["photo_id"].to_list() == ["c", "d", "e"] and none == []


def test_photos_of_a_user_who_was_learned_from_are_not_judged(corpus):
    tags = pd.read_parquet(corpus[0])
    tags.assign(user_id=[*USERS[:3], "ann", None]).to_parquet(corpus[0])
    with pytest.raises(CorpusError, match="0 photos and 1 users stand on both sides"):
        judged_photos("shapes", corpus, "shapes", corpus)
    assert len(judged_photos("shapes", corpus, "stamps", corpus)[0]) == 3
