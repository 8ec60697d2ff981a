import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from phototags.tags.repeats import repeated


@given(st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=12))
def test_each_thing_of_a_photo_is_marked_but_for_its_first(photos):
    owner = np.repeat(np.arange(len(photos)), [len(own) for own in photos])
    things = np.array([thing for own in photos for thing in own], np.int64)
    expected = [thing in own[:place] for own in photos for place, thing in enumerate(own)]
    assert repeated(owner, things, 6).tolist() == expected
