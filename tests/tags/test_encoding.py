import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from phototags.tags.encoding import TagSets, encode_tags
from phototags.tags.padding import multi_hot, pad_tags, unpad_tags

PHOTOS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), max_size=12)


@given(PHOTOS)
def test_each_photo_has_its_known_tags_once_in_written_order(photos):
    sets = encode_tags(photos, list("edcba"))
    for number, tags in enumerate(photos):
        known = [tag for tag in dict.fromkeys(tags) if tag in "abcde"]
        found = sets.ids[sets.offsets[number] : sets.offsets[number + 1]]
        assert ["edcba"[tag] for tag in found] == known


@given(PHOTOS)
def test_pairs_and_counts_equal_a_loop(photos):
    sets = encode_tags(photos, list("abcdefg"))
    distinct = [set(tags) for tags in photos]
    assert sets.n_pairs == sum(1 for tags in distinct for s in tags for t in tags if s != t)
    assert sets.count(7).tolist() == [sum(tag in tags for tags in distinct) for tag in "abcdefg"]


@given(PHOTOS)
def test_grouping_by_size_holds_every_photo_of_two_tags_and_more_once(photos):
    sets = encode_tags(photos, list("abcdefg"))
    found = [row.tolist() for block in sets.group_by_size().values() for row in block]
    pieces = np.split(sets.ids, sets.offsets[1:-1]) if len(sets) else []
    assert sorted(found) == sorted(piece.tolist() for piece in pieces if len(piece) > 1)


def test_a_selection_keeps_the_order_asked_for():
    sets = encode_tags([["a"], ["b", "c"], [], ["d"]], list("abcd")).select(np.array([3, 1]))
    assert sets.ids.tolist() == [3, 1, 2] and sets.offsets.tolist() == [0, 1, 3]


def test_no_photos_are_no_sets():
    sets = encode_tags([], ["a"])
    assert len(sets) == 0 and sets.n_pairs == 0 and sets.group_by_size() == {}


@given(PHOTOS, st.randoms())
def test_dropped_tags_are_gone_and_the_photos_keep_their_places(photos, random):
    sets = encode_tags(photos, list("abcdefg"))
    dropped = np.array([random.random() < 0.4 for _ in sets.ids], bool)
    left = sets.remove(dropped)
    for number in range(len(sets)):
        where = slice(sets.offsets[number], sets.offsets[number + 1])
        kept = sets.ids[where][~dropped[where]]
        assert left.ids[left.offsets[number] : left.offsets[number + 1]].tolist() == kept.tolist()


OWN = st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=12)
REPLACEMENTS = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=6, max_size=6)


def sets_from(lists):
    flat = [number for own in lists for number in own]
    return TagSets(np.array(flat, np.int32), np.cumsum([0, *map(len, lists)]))


def lists_of(sets):
    return [sets.ids[one:other].tolist() for one, other in zip(sets.offsets, sets.offsets[1:])]  # noqa: B905


@given(OWN)
def test_each_tag_of_a_photo_stays_where_it_is_first(photos):
    found = sets_from(photos).unique()
    assert lists_of(found) == [list(dict.fromkeys(own)) for own in photos]


@given(OWN, REPLACEMENTS)
def test_what_tags_become_is_what_a_loop_gives(photos, replacements):
    found = sets_from(photos).replace(sets_from(replacements), 4)
    assert lists_of(found) == [
        list(dict.fromkeys(new for tag in own for new in replacements[tag])) for own in photos
    ]
    assert found.ids.dtype == np.int32


@given(OWN)
def test_all_representations_hold_the_same(photos):
    sets = sets_from(photos).unique()
    expected = [[tag in own for tag in range(6)] for own in photos]
    assert lists_of(TagSets.from_series(sets.to_series())) == lists_of(sets)
    assert sets.decode(pl.Series(list("abcdef"))).to_list() == [
        ["abcdef"[tag] for tag in own] for own in lists_of(sets)
    ]
    assert sets.to_multi_hot(6).tolist() == expected
    assert (sets.to_csr(6).toarray() > 0).tolist() == expected
    assert multi_hot(pad_tags(sets), 6).tolist() == expected
    ids, offsets = unpad_tags(pad_tags(sets))
    assert ids.tolist() == sets.ids.tolist() and offsets.tolist() == sets.offsets.tolist()
