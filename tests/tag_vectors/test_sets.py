import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from phototags.tag_vectors.sets import tag_sets

PHOTOS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), max_size=12)


@given(PHOTOS)
def test_each_photo_has_its_known_tags_once_in_written_order(photos):
    sets = tag_sets(photos, list("edcba"))
    for number, tags in enumerate(photos):
        known = [tag for tag in dict.fromkeys(tags) if tag in "abcde"]
        found = sets.tags[sets.ends[number] : sets.ends[number + 1]]
        assert ["edcba"[tag] for tag in found] == known


@given(PHOTOS)
def test_pairs_and_counts_equal_a_loop(photos):
    sets = tag_sets(photos, list("abcdefg"))
    distinct = [set(tags) for tags in photos]
    assert sets.pairs == sum(1 for tags in distinct for s in tags for t in tags if s != t)
    assert sets.counts(7).tolist() == [sum(tag in tags for tags in distinct) for tag in "abcdefg"]


@given(PHOTOS)
def test_by_size_holds_every_photo_of_two_tags_and_more_once(photos):
    sets = tag_sets(photos, list("abcdefg"))
    found = [row.tolist() for block in sets.by_size().values() for row in block]
    pieces = np.split(sets.tags, sets.ends[1:-1]) if len(sets) else []
    assert sorted(found) == sorted(piece.tolist() for piece in pieces if len(piece) > 1)


def test_a_selection_keeps_the_order_asked_for():
    sets = tag_sets([["a"], ["b", "c"], [], ["d"]], list("abcd")).of(np.array([3, 1]))
    assert sets.tags.tolist() == [3, 1, 2] and sets.ends.tolist() == [0, 1, 3]


def test_no_photos_are_no_sets():
    sets = tag_sets([], ["a"])
    assert len(sets) == 0 and sets.pairs == 0 and sets.by_size() == {}


@given(PHOTOS, st.randoms())
def test_dropped_tags_are_gone_and_the_photos_keep_their_places(photos, random):
    sets = tag_sets(photos, list("abcdefg"))
    dropped = np.array([random.random() < 0.4 for _ in sets.tags], bool)
    left = sets.without(dropped)
    for number in range(len(sets)):
        where = slice(sets.ends[number], sets.ends[number + 1])
        kept = sets.tags[where][~dropped[where]]
        assert left.tags[left.ends[number] : left.ends[number + 1]].tolist() == kept.tolist()
