import bz2
import gzip
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus, unquote_to_bytes

import numpy as np
import pytest

from phototags.corpora import yfcc100m
from phototags.corpora.formats import yfcc_lines
from phototags.corpora.formats.yfcc_lines import hash_ids, read_blocks
from phototags.corpora.yfcc100m import SeenKeys, Yfcc100m
from phototags.errors import ArchiveError, CorpusError
from phototags.photos.photo_table import read_photos, write_photos

READER = Yfcc100m()
COLUMNS = {"user_id": 1, "taken_at": 3, "licence": 15, "licence_url": 16, "page_url": 13}
COLUMNS |= {"photo_url": 14, "camera": 5, "title": 6, "description": 7, "author": 2}
DECODED = ("camera", "title", "description", "author")


def line(photo: int, fields: int = 23, **values: str) -> str:
    """One line as YFCC100M writes it."""
    given = {"tags": "blue+sky,new%2C+old", "machine": "geo%3Alat%3D4", "marker": "0"} | values
    cells = [given.get("id", str(photo)), f"{photo % 7}@N00", "a+b", "2012-01-01 00:00:00.0"]
    cells += ["1342000000", "Canon", given.get("title", "T%26"), given.get("description", "")]
    cells += [given["tags"], given["machine"], given.get("longitude", "1.5"), "-2.25", "16"]
    cells += [
        f"http://www.flickr.com/photos/{photo}/",
        f"http://farm1.staticflickr.com/{photo}.jpg",
    ]
    cells += ["Attribution License", "http://creativecommons.org/licenses/by/2.0/"]
    cells += ["7", "1", "ab", "cd", "jpg", given["marker"]]
    return "\t".join(cells if fields == 23 else ["5", cells[0], "ff00", *cells[1:]])


def write(folder: Path, lines: list[str] | bytes, name: str = "yfcc100m_dataset") -> Path:
    content = lines if isinstance(lines, bytes) else "".join(f"{one}\n" for one in lines).encode()
    (folder / name).write_bytes(content)
    return folder


def decode(text: str) -> str:
    plain = unquote_to_bytes(text.replace("+", " ")).decode("utf-8", errors="replace")
    return plain.replace("\0", "\ufffd")


def number(text: str, limit: float) -> float | None:
    try:
        return float(text) if abs(float(text)) <= limit else None
    except ValueError:
        return None


def slow_loop(path: Path) -> Iterator[dict]:
    """The same table, one line at a time, in plain Python."""
    for line_ in path.read_bytes().split(b"\n")[:-1]:
        text = line_.decode("utf-8", errors="replace")
        cells = text.split("\t")
        if len(cells) not in (23, 25) or "\0" in text:
            continue
        right = len(cells) - 23
        photo_id = cells[1 if right else 0]
        if cells[22 + right] != "0" or not photo_id.isdecimal() or len(photo_id) > 18:
            continue
        row = {name: cells[at + right] or None for name, at in COLUMNS.items()}
        row |= {name: row[name] and decode(row[name]) for name in DECODED}
        row["photo_id"] = str(int(photo_id))
        row["tags"] = [decode(tag) for tag in cells[8 + right].split(",") if tag]
        row["machine_tags"] = [decode(tag) for tag in cells[9 + right].split(",") if tag]
        row["longitude"] = number(cells[10 + right], 180)
        row["latitude"] = number(cells[11 + right], 90)
        yield row


def table(path: Path) -> list[dict]:
    rows = [row for block in read_blocks(path) for row in block.photos.to_pylist()]
    return [{name: value for name, value in row.items() if name != "hash"} for row in rows]


@pytest.mark.parametrize("fields", [23, 25])
@pytest.mark.parametrize("pack", [bytes, bz2.compress, gzip.compress])
def test_both_layouts_are_read_plain_or_compressed(tmp_path, fields, pack):
    content = "".join(line(photo, fields) + "\n" for photo in (11, 12)).encode()
    listing, drops = READER.list_photos(write(tmp_path, pack(content)))
    assert listing.photo_id.tolist() == ["11", "12"] and not drops
    first = listing.iloc[0]
    assert first.tags == ["blue sky", "new, old"] and first.title == "T&" and first.author == "a b"
    assert (first.longitude, first.latitude) == (1.5, -2.25)
    assert first.photo_url == "http://farm1.staticflickr.com/11.jpg"


def test_machine_tags_are_kept_apart(tmp_path):
    write(tmp_path, [line(1)])
    (row,) = table(tmp_path / "yfcc100m_dataset")
    assert row["machine_tags"] == ["geo:lat=4"] and "geo:lat=4" not in row["tags"]
    listing, _ = READER.list_photos(tmp_path)
    write_photos(tmp_path / "photos.parquet", listing)
    (photo,) = read_photos(tmp_path / "photos.parquet").itertuples()
    assert photo.machine_tags == ["geo:lat=4"] and photo.tags == row["tags"]


def test_hostile_lines_are_counted_and_the_others_read(tmp_path):
    lines = [
        line(1),
        line(2, marker="1"),
        line(3, marker="2"),
        line(4) + "\tmore",
        line(5).rpartition("\t")[0],
        line(6, id="six"),
        line(7, title="a\0b"),
        line(8, title='"an open quote'),
        line(9, title="%FF%", tags=",,%E6%9D%B1,%zz,"),
        line(10, description="x" * (yfcc_lines.MAX_LINE + 1)),
        line(11, longitude="east"),
        line(12, longitude="181"),
        line(13, title="%00"),
        "",
        line(1),
    ]
    listing, drops = READER.list_photos(write(tmp_path, lines))
    assert listing.photo_id.tolist() == ["1", "8", "9", "11", "12", "13"]
    assert listing.row.tolist() == list(range(6))
    reasons = [(drop.photo_id, drop.reason) for drop in drops]
    assert reasons == [
        ("2", "video"),
        ("3", "bad_marker"),
        ("line 4", "wrong_fields"),
        ("line 5", "wrong_fields"),
        ("line 6", "bad_id"),
        ("7", "zero_byte"),
        ("10", "too_long"),
        ("line 14", "wrong_fields"),
        ("1", "duplicate_id"),
    ]
    assert listing.title[1] == '"an open quote' and listing.title[2] == "\ufffd%"
    assert listing.tags[2] == ["東", "%zz"]
    assert listing.longitude[3:5].isna().all() and listing.title[5] == "\ufffd"


def test_bytes_that_are_no_utf_8_are_replaced(tmp_path):
    content = line(1, title="caf\xe9").encode("latin-1") + b"\n"
    listing, _ = READER.list_photos(write(tmp_path, content))
    assert listing.title[0] == "caf\ufffd"


def test_a_line_without_end_is_refused_and_the_rest_read(tmp_path, monkeypatch):
    monkeypatch.setattr(yfcc_lines, "BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(yfcc_lines, "MAX_LINE", 1 << 13)
    lines = [line(1), "x" * (1 << 16), *(line(photo) for photo in range(2, 200)), "end"]
    listing, drops = READER.list_photos(write(tmp_path, "\n".join(lines).encode()))
    assert len(listing) == 199
    assert [drop.reason for drop in drops] == ["too_long", "wrong_fields"]


def test_a_sample_holds_every_smaller_one_from_all_places_of_the_file(tmp_path):
    write(tmp_path, [line(photo) for photo in range(1000)])
    some, _ = READER.list_photos(tmp_path, sample=100)
    more, _ = READER.list_photos(tmp_path, sample=300)
    assert len(some) == 100 and set(some.photo_id) < set(more.photo_id)
    assert some.photo_id.astype(int).is_monotonic_increasing
    order = np.argsort(hash_ids(np.arange(1000)))
    assert set(some.photo_id.astype(int)) == set(order[:100].tolist())
    assert 350 < some.photo_id.astype(int).mean() < 650


@pytest.mark.parametrize("sample", [None, 20, 150, 10_000])
@pytest.mark.parametrize("photos", [1, 7, 64, 1000])
def test_blocks_of_any_size_hold_what_one_loop_over_the_lines_keeps(
    tmp_path, monkeypatch, photos, sample
):
    draw = random.Random(photos)
    lines = [line(draw.randrange(250), marker=draw.choice("0001")) for _ in range(400)]
    write(tmp_path, lines)
    hashes = dict(zip(range(250), hash_ids(np.arange(250)).tolist(), strict=True))
    ids = [(int(one.split("\t")[0]), one.endswith("0")) for one in lines]
    smallest = sorted(hashes[one] for one, kept in ids if kept)[:sample]
    border = smallest[-1] if sample == len(smallest) else 2**64
    first, videos, again = [], [], []
    for one, kept in ids:
        if hashes[one] <= border:
            (videos if not kept else again if one in first else first).append(one)
    monkeypatch.setattr(yfcc_lines, "BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(yfcc100m, "BLOCK_PHOTOS", photos)
    tables, drops = zip(*READER.list_blocks(tmp_path, sample=sample), strict=True)
    assert max(map(len, tables)) <= photos
    assert [one for table in tables for one in table["row"]] == list(range(len(first)))
    assert [int(one) for table in tables for one in table["photo_id"]] == first
    assert [int(drop.photo_id) for of in drops for drop in of] == videos + again


def test_keys_are_new_when_no_block_had_them():
    draw, seen, had = np.random.default_rng(3), SeenKeys(), set()
    for size in [0, 5, 1, 100, 3, 70, 0, 500, 1, 1]:
        keys = draw.integers(0, 300, size, np.uint64)
        expected = [key not in [*had, *keys[:at].tolist()] for at, key in enumerate(keys.tolist())]
        assert seen.add(keys).tolist() == expected
        had.update(keys.tolist())
    assert sum(map(len, seen.runs)) == len(had)


def test_the_hash_of_an_id_never_changes():
    """splitmix64's first two numbers from the seed 0, as its author published them."""
    assert hash_ids(np.array([0])).tolist() == [0xE220A8397B1DCDAF]


def test_a_file_of_other_fields_says_what_was_found(tmp_path):
    with pytest.raises(CorpusError, match="23 or 25 fields"):
        READER.list_photos(write(tmp_path, ["a\tb"]))


@pytest.mark.parametrize("pack", [bz2.compress, gzip.compress])
def test_a_truncated_file_is_an_error_that_names_it(tmp_path, pack):
    content = pack("".join(line(photo) + "\n" for photo in range(999)).encode())
    with pytest.raises(ArchiveError, match="yfcc100m_dataset"):
        READER.list_photos(write(tmp_path, content[: len(content) // 2]))


@pytest.mark.parametrize("seed", range(5))
def test_random_lines_give_the_table_of_a_plain_loop(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(yfcc_lines, "BLOCK_BYTES", 1 << 12)
    draw = random.Random(seed)
    pieces = ["a", "+", "%2C", "%20", ",", "%", "%E3%81%82", "é", "%C3", '"', "%0", "\r", " "]

    def some() -> str:
        return "".join(draw.choices(pieces, k=draw.randint(0, 12)))

    lines = [
        line(photo, title=some(), description=some(), tags=some(), machine=some(), longitude=some())
        for photo in range(300)
    ]
    draw.shuffle(lines)
    write(tmp_path, lines)
    path = tmp_path / "yfcc100m_dataset"
    assert table(path) == list(slow_loop(path))


def test_generated_lines_give_the_table_of_a_plain_loop(tmp_path):
    """As many as the benchmark reads with PHOTOTAGS_LINES=2000000, which `make fuzz` sets."""
    count = int(os.environ.get("PHOTOTAGS_LINES", 3_000))
    generator = Path(__file__).parents[1] / "benchmarks" / "metadata_lines.py"
    path = tmp_path / "yfcc100m_dataset"
    subprocess.run([sys.executable, generator, str(count), path], check=True)
    expected = slow_loop(path)
    for block in read_blocks(path):
        for row in block.photos.drop_columns("hash").to_pylist():
            assert row == next(expected)
    assert next(expected, None) is None


def test_every_tag_comes_back_as_it_was_quoted(tmp_path):
    tags = ["a, b", "50%", "東京", "c++", 'say "cheese"']
    write(tmp_path, [line(1, tags=",".join(map(quote_plus, tags)))])
    assert READER.list_photos(tmp_path)[0].tags[0] == tags


def test_the_real_rows_give_the_table_of_a_plain_loop(real_mirror):
    path = real_mirror / "yfcc100m_rows" / "yfcc100m_dataset_4k.tsv"
    rows = table(path)
    assert rows == list(slow_loop(path))
    assert len(rows) == 4536 and len({row["user_id"] for row in rows}) == 3481
    assert sum(not row["tags"] for row in rows) == 911
    assert len({tag for row in rows for tag in row["tags"]}) == 16925
