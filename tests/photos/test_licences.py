"""Only photos with the licences that were asked for are used, and the others are counted."""

import pandas as pd
import pytest

from phototags.errors import CorpusError
from phototags.photos.licences import find_unlicensed
from phototags.photos.photo_table import PACKED, make_photo_table
from tests.collecting import collect_photos

BY = "https://creativecommons.org/licenses/by/2.0/"
STATED = [
    ("CC BY 2.0", BY),
    ("CC BY-NC 2.0", BY.replace("by", "by-nc")),
    (None, BY.replace("https", "http")),
    ("cc0", None),
    (None, None),
]


@pytest.fixture
def listing():
    return make_photo_table(
        {"photo_id": f"p{row}", "tags": [], "licence": name, "licence_url": url}
        for row, (name, url) in enumerate(STATED)
    )


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        (None, ["p0", "p1", "p2", "p3", "p4"]),
        (["CC BY"], ["p0"]),
        (["CC BY", "CC0"], ["p0", "p3"]),
        (["creativecommons.org/licenses/by"], ["p0", "p2"]),
        (["https://creativecommons.org/licenses/by/"], ["p0", "p2"]),
        (["CC"], ["p0", "p1"]),
    ],
)
def test_a_licence_is_chosen_by_the_words_it_begins_with(listing, licences, expected):
    drops = find_unlicensed(listing, licences, "collect_photos")
    kept = [photo for photo, drop in zip(listing["photo_id"], drops, strict=True) if drop is None]
    assert kept == expected


def packed(digests):
    rows = [(row, f"00000.tar/{row}.png", digest, 4, 3) for row, digest in enumerate(digests)]
    return pd.DataFrame(rows, columns=PACKED.names)


def test_refused_photos_are_counted_with_what_they_state(listing):
    photos, drops = collect_photos(listing, packed("abcde"), [], ["CC0"])
    assert photos["photo_id"].tolist() == ["p3"]
    assert {(drop.step, drop.reason) for drop in drops} == {("collect_photos", "licence")}
    assert len(drops) == 4
    assert drops[0].detail == f"CC BY 2.0 {BY}"
    assert drops[-1].detail == "not stated"


def test_of_equal_pictures_the_first_with_such_a_licence_stays(listing):
    photos, drops = collect_photos(listing, packed("aaaaa"), [], ["CC0"])
    assert photos["photo_id"].tolist() == ["p3"]
    assert [drop.reason for drop in drops] == ["licence"] * 4


def test_a_licence_that_no_photo_has_is_an_error_that_says_what_there_is(listing):
    with pytest.raises(CorpusError, match=r"GPL.*5 photos.*CC BY 2.0"):
        collect_photos(listing, packed("abcde"), [], ["GPL-2"])
