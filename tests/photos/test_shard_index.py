"""Pictures by row, in any order, equal to what reading the shards from the start gives."""

import pytest

from phototags.errors import ArchiveError
from phototags.photos.shards import ShardIndex, read_members


@pytest.fixture
def shards(make_tar):
    first = {f"{row:08d}.jpg": bytes([row]) * (row * 700 + 1) for row in (0, 2, 5)}
    return [make_tar("a.tar", first), make_tar("b.tar", {"00000007.png": b"seven"})]


def test_every_row_is_found_where_reading_in_order_finds_it(shards):
    lookup = ShardIndex(shards)
    expected = {row: content for shard in shards for row, content in read_members(shard)}
    assert {row: lookup.read(row, 10**6) for row in (7, 5, 0, 2)} == expected
    assert 5 in lookup and 6 not in lookup


def test_no_more_is_read_than_one_byte_over_the_cap(shards):
    assert len(ShardIndex(shards).read(5, 100)) == 101


def test_a_row_that_is_nowhere_or_twice_is_refused(shards, make_tar):
    with pytest.raises(ArchiveError, match="no shard has the picture of row 9"):
        ShardIndex(shards).read(9, 100)
    twice = make_tar("c.tar", {"00000007.jpg": b"again"})
    with pytest.raises(ArchiveError, match="row 7 should be in one shard"):
        ShardIndex([*shards, twice])


def test_a_shard_cut_off_since_it_was_looked_through_is_named(shards):
    lookup = ShardIndex(shards)
    shards[0].write_bytes(shards[0].read_bytes()[:4000])
    with pytest.raises(ArchiveError, match="a.tar ends inside the picture of row 5"):
        lookup.read(5, 10**6)


def test_what_is_no_shard_is_refused(tmp_path, make_tar):
    (tmp_path / "text.tar").write_text("no tar")
    for path in (tmp_path / "text.tar", tmp_path / "none.tar", make_tar("x.tar", {"sea.jpg": b""})):
        with pytest.raises(ArchiveError, match="should be a shard of pictures"):
            ShardIndex([path])
