"""Every listed photo is kept or listed as dropped, and no picture is kept twice."""

import pandas as pd
import pytest

from phototags.errors import CorpusError
from phototags.photos.collection import collect_photos, view_photos
from phototags.photos.photo_table import PACKED, PHOTOS, Drop, make_photo_table


def listing(count):
    return make_photo_table({"photo_id": f"p{row}", "tags": [f"t{row}"]} for row in range(count))


def packed(**digests):
    rows = [
        (int(photo[1:]), f"00000.tar/{photo}.png", digest, 4, 3)
        for photo, digest in digests.items()
    ]
    return pd.DataFrame(rows, columns=PACKED.names)


def test_what_was_listed_and_what_was_seen_come_together():
    photos, drops = collect_photos(listing(2), packed(p1="b", p0="a"), [])
    assert list(photos.columns) == PHOTOS.names
    assert photos["row"].tolist() == [0, 1]
    assert photos["sha256"].tolist() == ["a", "b"]
    assert photos["tags"].tolist() == [["t0"], ["t1"]]
    assert drops == []


def test_of_equal_pictures_the_first_stays_and_is_named():
    photos, drops = collect_photos(listing(4), packed(p0="a", p1="b", p2="a", p3="a"), [])
    assert photos["photo_id"].tolist() == ["p0", "p1"]
    assert [(drop.photo_id, drop.reason, drop.detail) for drop in drops] == [
        ("p2", "duplicate", "the same picture as p0"),
        ("p3", "duplicate", "the same picture as p0"),
    ]


def test_every_photo_is_kept_or_dropped():
    dropped = [Drop("pack_photos", "p1", "truncated")]
    photos, duplicates = collect_photos(listing(3), packed(p0="a", p2="a"), dropped)
    assert len(photos) + len(duplicates) + len(dropped) == 3


@pytest.mark.parametrize(
    ("seen", "dropped"),
    [
        (packed(p0="a"), []),
        (packed(p0="a", p1="b", p2="c"), []),
        (packed(p0="a", p1="b"), ["p1"]),
        (packed(p0="a"), ["p1", "p1"]),
        (packed(p0="a"), ["stranger"]),
    ],
)
def test_shards_of_another_listing_are_refused(seen, dropped):
    with pytest.raises(CorpusError, match="shards"):
        collect_photos(listing(2), seen, [Drop("pack_photos", photo, "x") for photo in dropped])


def test_a_corpus_without_any_usable_photo_says_why():
    drops = [Drop("pack_photos", "p0", "truncated", "half a picture")]
    with pytest.raises(CorpusError, match="truncated, half a picture"):
        collect_photos(listing(1), packed(), drops)


def test_a_view_lists_what_its_corpus_cannot_use_and_names_no_removed_photo():
    photos, drops = collect_photos(listing(3), packed(p0="a", p2="a"), [Drop("pack", "p1", "odd")])
    viewed, lacking = view_photos(listing(4), photos, [Drop("pack", "p1", "odd"), *drops])
    assert viewed["photo_id"].tolist() == ["p0"] and viewed["sha256"].tolist() == ["a"]
    assert [(drop.photo_id, drop.reason) for drop in lacking] == [
        ("p1", "odd"),
        ("p2", "duplicate"),
        ("", "no_picture"),
    ]


def test_a_view_of_other_photos_is_refused():
    photos, _ = collect_photos(listing(1), packed(p0="a"), [])
    with pytest.raises(CorpusError, match="photo_id should be equal"):
        view_photos(listing(1).assign(photo_id="x"), photos, [])
