"""YFCC100M: 100 million Flickr photos and videos under Creative Commons, as a table of their data.

Thomee et al., YFCC100M: The New Data in Multimedia Research, CACM 59(2), 2016. The pictures are
on the web. Machine tags (`geo:lat=48.1`) are no tags and have a column of their own.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from phototags.corpora.formats.yfcc_lines import read_blocks
from phototags.corpora.reader import Listing, Reader, drop_photo
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.photo_table import PHOTOS, Drop, to_pandas


class Yfcc100m(Reader):
    """Read the `sample` photos whose ids have the smallest hashes, in the order of the file.

    So a sample holds every smaller one, and every place of the file is as likely. Drops are sampled
    alike: those of the lines that would have been in the sample. Reads block by block, since the
    whole would not fit in memory.
    """

    def list_photos(
        self, source: Path, wordnet: Path | None = None, sample: int | None = None
    ) -> Listing:
        path = next(p for p in sorted(source.glob("yfcc100m_dataset*")) if p.suffix != ".json")
        chosen, drops, border = [], [], np.uint64(2**64 - 1)
        for block in show_progress(read_blocks(path), "reading lines (blocks)"):
            chosen.append(block.photos.filter(block.photos["hash"].to_numpy() <= border))
            drops += [drop for drop in block.drops if drop[0] <= border]
            if sample and sum(map(len, chosen)) > 2 * sample:
                chosen, border = _take_smallest(chosen, sample)
        if sample and sum(map(len, chosen)) > sample:
            chosen, border = _take_smallest(chosen, sample)
        return _make_table(chosen, [drop for hashed, drop in drops if hashed <= border])


def _take_smallest(chosen: list[pa.Table], sample: int) -> tuple[list[pa.Table], np.uint64]:
    """The rows of the smallest hashes, and the largest of these."""
    photos = pa.concat_tables(chosen)
    hashes = photos["hash"].to_numpy()
    rows = np.sort(np.argsort(hashes, kind="stable")[:sample])
    return [photos.take(rows).combine_chunks()], hashes[rows].max()


def _make_table(chosen: list[pa.Table], drops: list[Drop]) -> Listing:
    """A photo table and all drops; of lines with the same id the first stays."""
    if not any(map(len, chosen)):
        raise CorpusError("not one line of the YFCC100M table is a photo; see listing.drops.tsv")
    photos = pa.concat_tables(chosen)
    empty = {name: pa.nulls(len(photos), PHOTOS.field(name).type) for name in PHOTOS.names}
    columns = empty | {name: photos[name] for name in photos.column_names if name in empty}
    frame = to_pandas(pa.table(columns, schema=PHOTOS))
    again = frame["photo_id"].duplicated()
    drops += [drop_photo(photo_id, "duplicate_id") for photo_id in frame["photo_id"][again]]
    frame = frame[~again].reset_index(drop=True)
    return frame.assign(row=np.arange(len(frame))), drops
