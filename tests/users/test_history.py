"""Which photos of held-out users are history."""

import pandas as pd
import pytest

from phototags.tags.split import hash_to_unit
from phototags.users.user_encoder import select_history


def photos(**users: tuple[str, int]) -> pd.DataFrame:
    """Photos of each user: name=(part, number)."""
    rows = [
        {"photo_id": f"{user}{number}", "user_id": user, "part": part}
        for user, (part, many) in users.items()
        for number in range(many)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_history_is_the_fraction_of_each_held_out_user_rounded_down_of_lowest_hash(share):
    table = photos(ann=("test", 11), bob=("validation", 4), cid=("test", 1), dee=("train", 9))
    selected = select_history(table, share, seed=7)
    for user, many in {"ann": 11, "bob": 4, "cid": 1}.items():
        names = [f"{user}{number}" for number in range(many)]
        names.sort(key=lambda name: hash_to_unit(7, f"history/{name}"))
        assert set(table.photo_id[selected & (table.user_id == user)]) == set(
            names[: int(share * many)]
        )
    assert not selected[table.part == "train"].any()


def test_neither_the_order_of_photos_nor_other_users_change_a_history():
    table = photos(ann=("test", 9), bob=("test", 9))
    ann = table[table.user_id == "ann"].sample(frac=1, random_state=3)
    assert (
        select_history(ann, 0.5, 0).sort_index().equals(select_history(table, 0.5, 0)[: len(ann)])
    )


def test_photos_without_user_and_removed_photos_are_no_history():
    table = photos(ann=("test", 8), bob=("removed", 8))
    table.loc[:7, "user_id"] = None
    assert not select_history(table, 0.5, 0).any()


def test_a_corpus_without_users_has_no_history():
    table = pd.DataFrame({"photo_id": ["a"], "user_id": [None], "part": ["test"]})
    assert select_history(table, 0.5, 0).tolist() == [False]
