import hashlib
import hmac

import pytest

from phototags.corpora.corpus_registry import CORPORA, find_corpus
from phototags.corpora.listing import hash_user, list_corpus
from phototags.errors import CorpusError
from phototags.params.own_tables import read_own_tables

USERS = {"user_ids": "hashed", "salt": "pepper"}


@pytest.fixture
def shapes(tiny_mirror):
    known = find_corpus(
        "shapes", read_own_tables('{"shapes": {"photos": 40, "licence": "", "citation": ""}}')
    )
    return known, tiny_mirror / "shapes"


def test_users_are_salted_hashes_that_tell_them_apart(shapes):
    ((listing, _),) = list_corpus(*shapes, None, **USERS)
    ((kept, _),) = list_corpus(*shapes, None, user_ids="kept", salt="")
    assert kept.user_id.nunique() == listing.user_id.nunique() == 8
    expected = hmac.new(b"pepper", b"user3", hashlib.sha256).hexdigest()[:32]
    assert dict(zip(kept.user_id, listing.user_id, strict=True))["user3"] == expected
    assert hash_user("user3", "salt") != expected
    assert (listing.author == kept.author).all()  # a licence asks for the author's name


def test_photos_without_user_stay_without_user(tmp_path, layouts):
    (tmp_path / "photos.tsv").write_text("photo_id\tfile\ttags\tuser_id\na\ta\tx\t\nb\tb\tx\tme\n")
    known = find_corpus("t", read_own_tables('{"t": {"photos": 2, "licence": "", "citation": ""}}'))
    ((listing, _),) = list_corpus(known, tmp_path, None, **USERS)
    assert listing.user_id.isna().tolist() == [True, False]


def test_a_sample_is_of_that_size_and_holds_smaller_ones(shapes):
    known, folder = shapes
    ((some, _),) = list_corpus(known.limit(5), folder, None, **USERS)
    ((more, _),) = list_corpus(known.limit(12), folder, None, **USERS)
    assert len(some) == 5 and set(some.photo_id) < set(more.photo_id)
    assert some.row.tolist() == [0, 1, 2, 3, 4]


def test_more_photos_than_declared_are_refused(shapes):
    known, folder = shapes
    with pytest.raises(CorpusError, match="40 photos"):
        known = find_corpus(
            "s", read_own_tables('{"s": {"photos": 9, "licence": "", "citation": ""}}')
        )
        list(list_corpus(known, folder, None, **USERS))


def test_a_sample_limits_the_photos_to_plan_for():
    assert find_corpus("yfcc100m", {}, {"yfcc100m": 7}).photos == 7
    assert find_corpus("iaprtc12", {}, {"iaprtc12": 10**6}).photos == CORPORA["iaprtc12"].photos
    assert CORPORA["yfcc100m"].pictures == "web" and CORPORA["coco-2017"].pictures == "packaged"
