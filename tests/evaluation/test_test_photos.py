"""Which photos are scored, and that none of them was trained on."""

import pandas as pd
import pytest
import torch

from phototags.errors import CorpusError
from phototags.evaluation.test_photos import (
    TEST_PARTS,
    TRAINING_PARTS,
    exclude_history,
    photos_in_parts,
    refuse_overlap,
    select_test_photos,
    select_with_features,
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
    assert photos_in_parts(*corpus, TRAINING_PARTS)["row"].to_list() == [0, 4]
    assert photos_in_parts(*corpus, TEST_PARTS)["photo_id"].to_list() == ["c", "d", "e"]


def test_tags_and_split_of_different_photos_are_refused(corpus):
    tags, split = corpus
    pd.read_parquet(split).iloc[1:].to_parquet(split)
    with pytest.raises(CorpusError, match="list 5 and 4"):
        photos_in_parts(tags, split, TEST_PARTS)


def test_a_clean_split_is_accepted_and_unknown_users_are_nobody(corpus):
    training = photos_in_parts(*corpus, TRAINING_PARTS)
    refuse_overlap("shapes", training, photos_in_parts(*corpus, TEST_PARTS))
    refuse_overlap("shapes", training.assign(user_id=None), photos_in_parts(*corpus, TEST_PARTS))


def test_a_user_on_both_sides_is_refused_with_the_count(corpus):
    test = photos_in_parts(*corpus, TEST_PARTS).assign(user_id=["ann", "bob", "ann"])
    with pytest.raises(CorpusError, match="share 0 photos and 1 users, .*'ann'"):
        refuse_overlap("shapes", photos_in_parts(*corpus, TRAINING_PARTS), test)


def test_a_photo_on_both_sides_is_refused_with_the_count(corpus):
    test = photos_in_parts(*corpus, TEST_PARTS).assign(photo_id=["a", "b", "e"])
    with pytest.raises(CorpusError, match="share 2 photos and 0 users"):
        refuse_overlap("shapes", photos_in_parts(*corpus, TRAINING_PARTS), test)


def test_photos_without_features_are_not_scored(corpus):
    assert select_with_features(photos_in_parts(*corpus, TEST_PARTS), [2, 8, 99], "shapes")[
        "row"
    ].to_list() == [
        2,
        8,
    ]


def test_no_photo_to_score_is_an_error(corpus):
    with pytest.raises(CorpusError, match="of its 3 test photos none has"):
        select_with_features(photos_in_parts(*corpus, TEST_PARTS), [], "shapes")


def test_ids_of_different_corpora_are_not_compared(corpus):
    tags = pd.read_parquet(corpus[0])
    tags.assign(user_id="ann", photo_id="a").to_parquet(corpus[0])
    photos, _ = select_test_photos("shapes", corpus, "stamps", corpus)
    assert len(photos) == 3
    with pytest.raises(CorpusError, match="share 1 photos and 1 users"):
        select_test_photos("shapes", corpus, "shapes", corpus)


def test_ids_of_two_views_of_the_same_photos_are_compared(corpus):
    tags = pd.read_parquet(corpus[0])
    tags.assign(photo_id="a").to_parquet(corpus[0])
    with pytest.raises(CorpusError, match="share 1 photos"):
        select_test_photos("shapes", corpus, "shapes-concepts", corpus, same_photos=True)


def test_photos_that_are_history_are_left_out_and_listed():
    photos = pd.DataFrame({"row": [3, 5, 8], "photo_id": list("abc")})
    table = UserTable(torch.tensor([3, 5, 8]), torch.tensor([False, True, False]), {})
    scored, drops = exclude_history(photos, table, "shapes")
    assert scored["photo_id"].tolist() == ["a", "c"]
    assert [(drop.step, drop.photo_id) for drop in drops] == [("score_tagger shapes", "b")]
    everything, none = exclude_history(photos, None, "shapes")
    assert everything is photos and none == []


def test_test_photos_are_scored_but_for_the_history_of_their_users(corpus):
    table = UserTable(torch.tensor([2, 6, 8]), torch.tensor([True, False, False]), {})
    photos, drops = select_test_photos("shapes", corpus, "shapes", corpus, table)
    assert photos["photo_id"].to_list() == ["d", "e"]
    assert [drop.photo_id for drop in drops] == ["c"]
    everything, none = select_test_photos("shapes", corpus, "shapes", corpus)
    assert everything["photo_id"].to_list() == ["c", "d", "e"] and none == []


def test_photos_of_a_training_user_are_refused(corpus):
    tags = pd.read_parquet(corpus[0])
    tags.assign(user_id=[*USERS[:3], "ann", None]).to_parquet(corpus[0])
    with pytest.raises(CorpusError, match="share 0 photos and 1 users"):
        select_test_photos("shapes", corpus, "shapes", corpus)
    assert len(select_test_photos("shapes", corpus, "stamps", corpus)[0]) == 3
