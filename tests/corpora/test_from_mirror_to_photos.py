"""One corpus through all steps: fetched from a mirror, listed, packed in shards, collected."""

import pandas as pd
import pytest

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.photos_tsv import PhotosTsv
from phototags.download.sources import fetch_source
from phototags.params.own_tables import read_own_tables
from phototags.photos.packing import pack_photos
from phototags.photos.shards import read_members
from tests.collecting import collect_photos

READER = PhotosTsv()
TABLES = read_own_tables('{"shapes": {"photos": 40, "licence": "CC0", "citation": ""}}')


@pytest.fixture
def source(tiny_mirror, tmp_path):
    for one in find_corpus("shapes", TABLES).sources:
        fetch_source(one, tmp_path / one.file, str(tiny_mirror))
    return tmp_path


def packed(source, listing, shard, size):
    rows = listing[listing["row"] // size == shard]
    found = READER.read_pictures(source, rows, 10**6)
    return pack_photos(found, source / f"{shard:05d}.tar", max_pixels=10**6, max_bytes=10**6)


def test_forty_shapes_arrive_in_shards_of_sixteen(source):
    listing, _ = READER.list_photos(source)
    shards = [packed(source, listing, shard, 16) for shard in range(3)]
    assert [len(seen) for seen, _ in shards] == [16, 16, 8]
    photos, drops = collect_photos(listing, pd.concat([seen for seen, _ in shards]), [])
    assert drops == []
    assert photos["user_id"].nunique() == 8
    assert photos["tags"][0] == ["red", "circle", "big"]
    assert photos["file"][39] == "00002.tar/00000039.png"
    assert set(photos["width"]) == {96}
    rows = [row for shard in range(3) for row, _ in read_members(source / f"{shard:05d}.tar")]
    assert rows == list(range(40))


def test_shards_of_any_size_give_the_same_photos(source):
    listing, _ = READER.list_photos(source)
    one = collect_photos(listing, packed(source, listing, 0, 100)[0], [])[0]
    many = [packed(source, listing, shard, 7)[0] for shard in range(6)]
    columns = ["photo_id", "sha256", "width", "height"]
    pd.testing.assert_frame_equal(
        one[columns], collect_photos(listing, pd.concat(many), [])[0][columns]
    )
