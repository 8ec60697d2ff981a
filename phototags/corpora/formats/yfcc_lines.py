"""The lines of YFCC100M's table: which are photos, their fields, and why the others are none.

Fields between tabs, without quoting and without a header: 23 fields, or 25 in the later release,
which starts with a line number and has a hash after the id. Values are URL-encoded. Bzip2, gzip,
xz or plain; read in blocks, so memory does not grow with the file.
"""

import logging
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from phototags.corpora.formats.tab_fields import (
    Lines,
    count_lines,
    parse_integers,
    read_tag_lists,
    read_texts,
    split_lines,
)
from phototags.corpora.reader import drop_photo
from phototags.download.decompression import DAMAGED, find_opener
from phototags.errors import ArchiveError, CorpusError
from phototags.photos.photo_table import Drop

BLOCK_BYTES = 1 << 22  # bytes read at once: what is done to a block finds it in the cache
MAX_LINE = 1 << 20  # bytes a line; the longest of 4,536 real ones has 27,330
LAYOUTS = {23: 0, 25: 2}  # fields a line: how far those after the id stand to the right
PLAIN = {"user_id": 1, "taken_at": 3, "licence": 15, "licence_url": 16}
PLAIN |= {"page_url": 13, "photo_url": 14}
ENCODED = {"camera": 5, "title": 6, "description": 7, "author": 2}
TAGS, MACHINE_TAGS, LONGITUDE, LATITUDE, MARKER = 8, 9, 10, 11, 22
log = logging.getLogger(__name__)


class Block(NamedTuple):
    """The photos and drops of some lines.

    Args:
        photos: the columns of the photo table that YFCC100M has, `machine_tags` and `hash`.
        drops: of the lines that are no photo, and the hash of each id or line number.
    """

    photos: pa.Table
    drops: list[tuple[int, Drop]]


def hash_ids(ids: np.ndarray) -> np.ndarray:
    """Hash (n,) ids to (n,) uint64 by the finaliser of splitmix64 (Steele 2014)."""
    mixed = ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def read_blocks(path: Path, threads: int = 2) -> Iterator[Block]:
    """Read the table block by block, in the order of its lines."""
    counts: Counter[str] = Counter()
    number, fields, waiting = 1, None, deque()
    with ThreadPoolExecutor(threads) as pool, (find_opener(path) or open)(path, "rb") as file:
        for content in _read_whole_lines(file, path):
            fields = fields or _count_fields(content, path)
            waiting.append(pool.submit(read_lines, content, number, fields))
            number += count_lines(content)
            del content
            if len(waiting) >= threads:
                yield _count_block(waiting.popleft().result(), counts)
        while waiting:
            yield _count_block(waiting.popleft().result(), counts)
    log.info("%s: %d lines, of which %s", path, number - 1, dict(counts))


def _count_block(block: Block, counts: Counter[str]) -> Block:
    counts["photo"] += len(block.photos)
    counts.update(drop.reason for _, drop in block.drops)
    return block


def read_lines(content: bytes, number: int, fields: int) -> Block:
    """Read whole lines, of which the first has that number in the file."""
    lines, right = split_lines(content, fields), LAYOUTS[fields]
    whole = lines.counts == fields
    ids, markers = np.full(len(whole), -1), np.full(len(whole), -1)
    ids[whole] = parse_integers(lines.select(whole), min(right, 1))
    markers[whole] = parse_integers(lines.select(whole), MARKER + right)
    sizes = np.diff(lines.starts, append=len(content))
    reasons = {
        "too_long": (sizes > MAX_LINE, lambda line: f"{sizes[line]} bytes, at most {MAX_LINE}"),
        "wrong_fields": (~whole, lambda line: f"{lines.counts[line]} fields, expected {fields}"),
        "zero_byte": (lines.nuls, lambda line: "a zero byte inside"),
        "bad_id": (ids < 0, lambda line: "the photo id is no number"),
        "video": (markers == 1, lambda line: "marker 1"),
        "bad_marker": (markers != 0, lambda line: "the marker is neither 0 nor 1"),
    }
    drops, left = {}, np.ones(len(whole), bool)
    for reason, (refused, detail) in reasons.items():
        for line in np.flatnonzero(refused & left).tolist():
            name = str(ids[line]) if ids[line] >= 0 else f"line {number + line}"
            drops[line] = drop_photo(name, reason, detail(line))
        left &= ~refused
    keys = hash_ids(np.where(ids >= 0, ids, number + np.arange(len(ids))))
    dropped = [(int(keys[line]), drops[line]) for line in sorted(drops)]
    return Block(_make_photos(lines.select(left), ids[left], keys[left], right), dropped)


def _make_photos(lines: Lines, ids: np.ndarray, keys: np.ndarray, right: int) -> pa.Table:
    columns = {name: read_texts(lines, at + right) for name, at in PLAIN.items()}
    columns |= {name: read_texts(lines, at + right, encoded=True) for name, at in ENCODED.items()}
    columns |= {"tags": read_tag_lists(lines, TAGS + right)}
    columns |= {"machine_tags": read_tag_lists(lines, MACHINE_TAGS + right)}
    for name, at, limit in (("longitude", LONGITUDE, 180), ("latitude", LATITUDE, 90)):
        degrees = pl.from_arrow(read_texts(lines, at + right)).cast(pl.Float64, strict=False)
        columns[name] = degrees.set(~(degrees.abs() <= limit), None).to_arrow()
    taken = columns["taken_at"]
    columns["taken_at"] = pc.if_else(pc.equal(taken, "null"), None, taken)
    return pa.table({"photo_id": pa.array(ids).cast(pa.string()), **columns, "hash": keys})


def _count_fields(content: bytes, path: Path) -> int:
    """The number of fields that most of the first lines have."""
    counts = Counter(
        split_lines(content[: content.find(b"\n", MAX_LINE) + 1] or content, 1).counts.tolist()
    )
    known = {fields: counts[fields] for fields in LAYOUTS if counts[fields]}
    if not known:
        raise CorpusError(
            f"{path} should be YFCC100M's table with 23 or 25 fields between tabs, but its first "
            f"lines have {sorted(counts)[:5]}. Replace it by the file that its makers publish."
        )
    return max(known, key=known.get)


def _read_whole_lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Read blocks that end with a newline; a line without end is cut, and so refused later."""
    try:
        while block := file.read(BLOCK_BYTES):
            rest = file.readline(2 * MAX_LINE)
            yield block + rest + (b"" if (rest or block).endswith(b"\n") else b"\n")
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE)
    except DAMAGED as error:
        raise ArchiveError(
            f"{path} is damaged: {error}. Remove it and run `snakemake` again to fetch it anew."
        ) from error
