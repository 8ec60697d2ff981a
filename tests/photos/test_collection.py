"""Every listed photo is kept or listed as dropped, and no picture is kept twice."""

import itertools

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phototags.errors import CorpusError
from phototags.photos import photo_blocks
from phototags.photos.collection import collect_corpus, view_photos
from phototags.photos.photo_blocks import (
    find_repeated,
    read_blocks,
    read_row_blocks,
    write_photo_blocks,
)
from phototags.photos.photo_table import (
    CREDIT,
    PACKED,
    PHOTOS,
    SHARD,
    Drop,
    make_photo_table,
    read_drops,
    read_photos,
    write_drops,
    write_photos,
    write_table,
)
from tests.collecting import collect_photos


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


@pytest.fixture
def corpus(tmp_path):
    """Files of 23 photos in shards of 3; rows 4, 10 and 11 are missing, of every 7th the picture.

    Every picture is there twice, as far apart as can be, and every 5th has another licence.
    """
    rows = [row for row in range(23) if row not in (4, 10, 11)]
    table = listing(23).assign(
        licence=["CC0" if row % 5 == 0 else "CC BY 2.0" for row in range(23)],
        title=[None if row % 2 else f"title {row}" for row in range(23)],
    )
    write_photos(tmp_path / "listing.parquet", table[table["row"].isin(rows)])
    write_drops(tmp_path / "listing.drops.tsv", [Drop("list_photos", "q", "no_tags")])
    for shard, of_shard in itertools.groupby(rows, lambda row: row // 3):
        of_shard = list(of_shard)
        known = [row for row in of_shard if row % 7]
        frame = packed(**{f"p{row}": f"{row % 11:064x}" for row in known})
        frame = frame.merge(table[["row", *CREDIT]], on="row")
        write_table(tmp_path / f"{shard}.parquet", frame, SHARD)
        gone = [Drop("pack_photos", f"p{row}", "truncated") for row in of_shard if not row % 7]
        write_drops(tmp_path / f"{shard}.drops.tsv", gone)
    return tmp_path


def collect_files(folder, licences):
    collect_corpus(
        folder / "listing.parquet",
        folder / "listing.drops.tsv",
        [folder / f"{shard}.parquet" for shard in range(8)],
        [folder / f"{shard}.drops.tsv" for shard in range(8)],
        shard_photos=3,
        licences=licences,
        photos=folder / "photos.parquet",
        dropped=folder / "drops.tsv",
    )
    return (folder / "photos.parquet").read_bytes(), (folder / "drops.tsv").read_bytes()


@pytest.mark.parametrize("licences", [None, ["CC BY"]])
def test_blocks_of_any_size_give_the_bytes_of_one(corpus, licences, monkeypatch):
    expected = collect_files(corpus, licences)
    kept, seen = [], set()
    for row in range(23):
        had = row not in (4, 10, 11) and row % 7 and (licences is None or row % 5)
        if had and row % 11 not in seen:
            kept.append(row)
            seen.add(row % 11)
    assert read_photos(corpus / "photos.parquet")["row"].tolist() == kept
    drops = read_drops(corpus / "drops.tsv")
    assert len(kept) + len(drops) == 20 + 1  # one was never listed
    assert "duplicate" in {drop.reason for drop in drops}
    for photos in (1, 3, 6, 9):
        monkeypatch.setattr(photo_blocks, "BLOCK_PHOTOS", photos)
        assert collect_files(corpus, licences) == expected


def test_a_block_has_the_rows_packed_and_dropped_of_its_shards(corpus, monkeypatch):
    monkeypatch.setattr(photo_blocks, "BLOCK_PHOTOS", 6)
    tables = [corpus / f"{shard}.parquet" for shard in range(8)]
    drops = [corpus / f"{shard}.drops.tsv" for shard in range(8)]
    blocks = list(read_blocks(corpus / "listing.parquet", tables, drops, 3))
    for number, block in enumerate(blocks):
        rows = [r for r in range(6 * number, 6 * number + 6) if r < 23 and r not in (4, 10, 11)]
        assert block.listing["row"].tolist() == rows
        assert block.packed["row"].tolist() == [row for row in rows if row % 7]
        assert [drop.photo_id for drop in block.drops] == [f"p{r}" for r in rows if not r % 7]
    assert len(blocks) == 4


@pytest.mark.parametrize("shards", [7, 6, 0])
def test_shards_that_lack_the_end_of_the_listing_are_refused(corpus, shards):
    for shard in range(shards, 8):
        write_table(corpus / f"{shard}.parquet", packed().reindex(columns=SHARD.names), SHARD)
        write_drops(corpus / f"{shard}.drops.tsv", [])
    with pytest.raises(CorpusError, match="shards"):
        collect_files(corpus, None)


def test_only_what_is_there_twice_is_repeated(corpus):
    tables = [corpus / f"{shard}.parquet" for shard in range(8)]
    there = [row % 11 for row in range(23) if row not in (4, 10, 11) and row % 7]
    assert find_repeated(tables) == {f"{one:064x}" for one in there if there.count(one) > 1}
    assert find_repeated(tables[:2]) == set()


@pytest.mark.parametrize("rows", [1, 4, 5, 100])
def test_tables_in_blocks_are_written_as_the_whole(tmp_path, rows, monkeypatch):
    monkeypatch.setattr(photo_blocks, "GROUP_ROWS", 5)
    table = listing(23).assign(title=["a" * row for row in range(23)])
    write_photos(tmp_path / "listing.parquet", table)
    read = list(read_row_blocks(tmp_path / "listing.parquet", rows))
    assert [len(one) for one in read[:-1]] == [rows] * (len(read) - 1)
    write_photo_blocks(tmp_path / "blocks.parquet", read)
    whole = pa.Table.from_pandas(table, PHOTOS, preserve_index=False)
    pq.write_table(whole.replace_schema_metadata(None), tmp_path / "whole.parquet", 5)
    expected = (tmp_path / "whole.parquet").read_bytes()
    assert (tmp_path / "blocks.parquet").read_bytes() == expected


def test_a_table_of_one_row_group_is_written_as_by_write_photos(tmp_path):
    table = listing(23)
    write_photos(tmp_path / "whole.parquet", table)
    write_photo_blocks(tmp_path / "blocks.parquet", [table[:9], table[9:]])
    expected = (tmp_path / "whole.parquet").read_bytes()
    assert (tmp_path / "blocks.parquet").read_bytes() == expected
