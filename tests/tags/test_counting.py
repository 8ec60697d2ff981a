import math
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phototags.tags.counting import count_tags, count_users, iter_tag_users


def count_one(*photos):
    """Counts of one tag that so many photos have, of each user."""
    users = np.arange(len(photos))
    (row,) = count_users((np.zeros(len(photos), int), users, np.array(photos))).rows()
    return row[1:]


def test_a_tag_of_one_user_has_one_effective_user():
    assert count_one(50) == (50, 1, 0.0, 1.0)


def test_a_tag_used_equally_by_n_users_has_n_effective_users():
    assert count_one(*[3] * 8) == (24, 8, 3.0, 8.0)


def test_photos_of_nobody_count_as_photos_alone():
    tags, users, photos = (np.array(column) for column in ([4, 4, 9], [-1, 3, -1], [1, 1, 1]))
    found = count_users((tags, users, photos))
    assert found.rows() == [(4, 2, 1, 0.0, 1.0), (9, 1, 0, None, None)]


def test_effective_users_equal_a_plain_loop():
    bits = -sum(n / 10 * math.log2(n / 10) for n in (7, 2, 1))
    photos, users, entropy, people = count_one(7, 2, 1)
    assert (photos, users) == (10, 3)
    assert entropy == pytest.approx(bits, abs=1e-6)
    assert people == pytest.approx(2**bits, abs=1e-3)


PHOTOS = st.lists(
    st.tuples(st.sampled_from("xyz") | st.none(), st.lists(st.sampled_from("abcdefg"), max_size=5)),
    max_size=20,
)


def table_of(photos):
    users, tags = [user for user, _ in photos], [tags for _, tags in photos]
    return pl.DataFrame(
        {"row": range(len(photos)), "user_id": users, "tags": tags},
        schema={"row": pl.Int64, "user_id": pl.String, "tags": pl.List(pl.String)},
    )


@settings(max_examples=40, deadline=None)
@given(PHOTOS, st.integers(1, 21))
def test_parts_of_any_size_count_as_a_plain_loop_does(encode, photos, chunk_photos):
    encoded = encode(table_of(photos), chunk_photos)
    written = Counter((tag, user) for user, tags in photos for tag in set(tags))
    rows = {row[1]: row[2:4] for row in count_tags(encoded).iter_rows()}
    assert rows == {
        tag: (
            sum(times for (other, _), times in written.items() if other == tag),
            sum(other == tag and user is not None for other, user in written),
        )
        for tag in {tag for tag, _ in written}
    }
    assert list(rows) == sorted(rows)


def test_all_pairs_of_a_tag_come_together_and_few_at_a_time(encode):
    photos = [(f"u{n % 11}", [f"t{n * k % 23}" for k in range(4)]) for n in range(200)]
    ranges = list(iter_tag_users(encode(table_of(photos), chunk_photos=10)))
    own = [set(tags.tolist()) for tags, _, _ in ranges]
    assert len(ranges) > 10 and sum(map(len, own)) == len(set.union(*own)) == 23
    largest = max(Counter(tag for _, tags in photos for tag in set(tags)).values())
    assert max(photos.sum() for _, _, photos in ranges) <= 40 + largest
