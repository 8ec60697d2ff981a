"""YFCC100M: 100 million Flickr photos and videos under Creative Commons, as a table of their data.

Thomee et al., YFCC100M: The New Data in Multimedia Research, CACM 59(2), 2016. The pictures are
on the web. Machine tags (`geo:lat=48.1`) are no tags and have a column of their own.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from phototags.corpora.formats.yfcc_lines import Block, read_blocks
from phototags.corpora.reader import Listing, Reader, drop_photo
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.photo_table import PHOTOS, make_photo_table, to_pandas

BLOCK_PHOTOS = 131_072
PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


class Yfcc100m(Reader):
    """Read the `sample` photos whose ids have the smallest hashes, in the order of the file.

    So a sample holds every smaller one, and every place of the file is as likely. Drops are sampled
    alike: those of the lines that would have been in the sample. Memory holds some blocks, up to 24
    bytes for each photo of the sample, to choose it and to know its id again, and the drops.
    """

    def list_blocks(
        self, source: Path, wordnet: Path | None = None, sample: int | None = None
    ) -> Iterator[Listing]:
        path = next(p for p in sorted(source.glob("yfcc100m_dataset*")) if p.suffix != ".json")
        blocks = show_progress(read_blocks(path), "reading lines (blocks)")
        seen, rows, drops, repeated = SeenKeys(), 0, [], []
        chosen = blocks if sample is None else _sample(blocks, sample, source)
        for photos, dropped in _join_blocks(chosen):
            drops += [drop for _, drop in dropped]
            new = seen.add(photos["hash"].to_numpy())
            ids = photos["photo_id"].filter(pa.array(~new)).to_pylist()
            repeated += [drop_photo(photo_id, "duplicate_id") for photo_id in ids]
            yield _make_table(photos.filter(pa.array(new)), rows), []
            rows += int(new.sum())
        if not rows:
            raise CorpusError(
                "not one line of the YFCC100M table is a photo; see listing.drops.tsv"
            )
        yield make_photo_table([]), drops + repeated


class SeenKeys:
    """Keys that were met so far, as sorted arrays of which each is at least twice the next."""

    def __init__(self) -> None:
        self.runs: list[NDArray[np.uint64]] = []

    def add(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Add (n,) keys; return which of them are met for the first time."""
        distinct, places = np.unique(keys, return_index=True)
        for run in self.runs:
            near = np.searchsorted(run, distinct).clip(max=len(run) - 1)
            unknown = run[near] != distinct
            distinct, places = distinct[unknown], places[unknown]
        new = np.zeros(len(keys), bool)
        new[places] = True
        while self.runs and len(self.runs[-1]) <= 2 * len(distinct):
            distinct = np.sort(np.concatenate([self.runs.pop(), distinct]), kind="stable")
        if len(distinct):
            self.runs.append(distinct)
        return new


def _sample(blocks: Iterable[Block], sample: int, folder: Path) -> Iterator[Block]:
    """Yield the photos of the `sample` smallest hashes, and the drops up to the largest of these.

    Photos that may be among them wait in a file on the disk of `folder`, their hashes in memory.
    """
    drops, hashes, border = [], [], np.uint64(2**64 - 1)
    joined = _join_blocks(blocks)
    first = next(joined, None)
    if first is None:
        return
    with TemporaryFile(dir=folder) as file:
        with pa.ipc.new_stream(file, first.photos.schema, options=PACKED) as writer:
            for photos, dropped in chain([first], joined):
                chosen = photos.filter(pa.array(photos["hash"].to_numpy() <= border))
                writer.write(chosen)
                hashes.append(chosen["hash"].to_numpy())
                drops += [drop for drop in dropped if drop[0] <= border]
                if sum(map(len, hashes)) > 2 * sample:
                    hashes = [_take_smallest(hashes, sample)]
                    border = hashes[0].max()
        if sum(map(len, hashes)) > sample:
            border = _take_smallest(hashes, sample).max()
        file.seek(0)
        for batch in pa.ipc.open_stream(file):
            photos = pa.Table.from_batches([batch])
            kept = photos.filter(pa.array(photos["hash"].to_numpy() <= border))
            yield Block(kept, [drop for drop in drops if drop[0] <= border])
            drops = []


def _take_smallest(hashes: list[NDArray[np.uint64]], sample: int) -> NDArray[np.uint64]:
    return np.partition(np.concatenate(hashes), sample - 1)[:sample]


def _join_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the same photos and drops in blocks of BLOCK_PHOTOS photos, but for the last."""
    photos, drops = [], []
    for block in blocks:
        photos, drops = [*photos, block.photos], drops + block.drops
        while sum(map(len, photos)) >= BLOCK_PHOTOS:
            table = pa.concat_tables(photos)
            yield Block(table.slice(0, BLOCK_PHOTOS), drops)
            photos, drops = [table.slice(BLOCK_PHOTOS)], []
    if photos:
        yield Block(pa.concat_tables(photos), drops)


def _make_table(photos: pa.Table, first: int) -> pd.DataFrame:
    """A photo table whose rows count from `first`."""
    empty = {name: pa.nulls(len(photos), PHOTOS.field(name).type) for name in PHOTOS.names}
    columns = empty | {name: photos[name] for name in photos.column_names if name in empty}
    frame = to_pandas(pa.table(columns, schema=PHOTOS))
    return frame.assign(row=np.arange(first, first + len(frame)))
