import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from phototags.tags.tag_sets import TagSets

OWN = st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=12)
BECOMES = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=6, max_size=6)


def sets_of(lists):
    flat = [number for own in lists for number in own]
    ends = np.cumsum([0, *map(len, lists)])
    return TagSets(np.array(flat, np.int32), ends)


def lists_of(sets):
    return [sets.tags[one:other].tolist() for one, other in zip(sets.ends, sets.ends[1:])]  # noqa: B905


@given(OWN)
def test_each_tag_of_a_photo_stays_where_it_is_first(photos):
    found = sets_of(photos).once(6)
    assert lists_of(found) == [list(dict.fromkeys(own)) for own in photos]


@given(OWN, BECOMES)
def test_what_tags_become_is_what_a_loop_gives(photos, becomes):
    found = sets_of(photos).replaced(sets_of(becomes), 4)
    assert lists_of(found) == [
        list(dict.fromkeys(new for tag in own for new in becomes[tag])) for own in photos
    ]
    assert found.tags.dtype == np.int32
