"""Photos of a corpus whose tags are ids, read a part at a time.

Distinct texts are in memory once, parts on disk: memory follows the size of a part and the number
of distinct tags, not the number of photos.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from phototags.io.storage import atomic_write
from phototags.tags.encoding import TagSets, encode_tags

TEXTS = {"photo_id": pl.String, "user_id": pl.String, "camera": pl.String}
TAGS_SCHEMA = {"row": pl.Int64, **TEXTS, "tags": pl.List(pl.String)}
"""Columns of tags.parquet."""
ROW_GROUP = 131_072  # photos; fixed, or the bytes of a file would depend on the parts
Item = TypeVar("Item")
PART_SCHEMA = {"row": pl.Int64, **TEXTS, "user": pl.Int32, "tags": pl.List(pl.Int32)}
Part = pl.DataFrame
"""Some photos: the columns of PART_SCHEMA, user -1 and TEXTS null where unknown, tags as ids."""


@dataclass(frozen=True)
class EncodedPhotos:
    """A corpus as parts on disk; each iteration reads them again.

    Args:
        folder: where the parts lie; temporary files of counting go there too.
        files: the parts.
        tags: (T,) distinct tags, by id.
        steps: functions applied to each part after reading.
    """

    folder: Path
    files: list[Path]
    tags: pl.Series
    steps: tuple[Callable[[Part], Part], ...] = ()

    def __iter__(self) -> Iterator[Part]:
        for file in self.files:
            part = pl.read_ipc_stream(file)
            for step in self.steps:
                part = step(part)
            yield part

    def list_pairs(self, ids: pl.Series, *columns: str) -> pl.DataFrame:
        """Return tag and other columns of each photo and tag, for some tags, each row once."""
        wanted = pl.col("tags").is_in(ids.cast(pl.Int32).implode())
        tables = [pl.DataFrame(schema=PART_SCHEMA).select("tags", *columns).explode("tags")]
        for part in self:
            pairs = part.select("tags", *columns).explode("tags")
            tables.append(pairs.filter(wanted).unique())
        table = pl.concat(tables).unique()
        return table.select(self.tags.gather(table["tags"]).alias("tag"), *columns)

    def map_parts(self, step: Callable[[Part], Part]) -> "EncodedPhotos":
        """Return the corpus with one more step."""
        return replace(self, steps=(*self.steps, step))

    def replace_tags(self, replacements: pl.Series, tags: pl.Series) -> "EncodedPhotos":
        """Return the corpus with new tags, each once a photo, in written order.

        Args:
            replacements: a text or a list of texts for each old id; those not in `tags` go.
            tags: the new distinct tags, by id.
        """
        if replacements.dtype == pl.String:
            replacements = replacements.reshape((-1, 1)).arr.to_list()
        sets = encode_tags(replacements, tags)

        def step(part: Part) -> Part:
            replaced = TagSets.from_series(part["tags"]).replace(sets, len(tags))
            return part.with_columns(replaced.to_series())

        return replace(self.map_parts(step), tags=tags)


class TextEncoder:
    """Ids of texts in order of appearance; `texts` holds the text of each id."""

    def __init__(self) -> None:
        self.texts = pa.array([], pa.large_string())

    def encode(self, texts: pa.Array) -> NDArray[np.int32]:
        """Return the id of each text, (n,); a new text gets the next id, null -1."""
        if not pa.types.is_dictionary(texts.type):
            texts = texts.cast(pa.large_string()).dictionary_encode()
        used = texts.indices.unique().drop_null()  # a dictionary may be that of the whole file
        distinct = texts.dictionary.take(used).cast(pa.large_string())
        found = pc.fill_null(pc.index_in(distinct, value_set=self.texts), -1).to_numpy().copy()
        new = found < 0
        found[new] = len(self.texts) + np.arange(new.sum())
        self.texts = pa.concat_arrays([self.texts, distinct.filter(pa.array(new))])
        ids = np.full(len(texts.dictionary) + 1, -1, np.int32)  # the last one is that of null
        ids[used.to_numpy()] = found
        return ids[pc.fill_null(texts.indices, -1).to_numpy()]


def prefetch(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the same items, each produced in a thread while its predecessor is worked on.

    Args:
        items: none of them None. One more is in memory than without.

    >>> list(prefetch(number * number for number in range(4)))
    [0, 1, 4, 9]
    """
    rest = iter(items)
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, rest, None)
        while (item := following.result()) is not None:
            following = thread.submit(next, rest, None)
            yield item


def read_photo_batches(path: Path | str, chunk_photos: int) -> Iterator[pa.RecordBatch]:
    """Read a parquet table of photos in chunks; tags and users are dictionary-encoded."""
    schema = pq.read_metadata(path).schema
    leaves = [schema.column(number).path for number in range(len(schema))]
    encoded = [leaf for leaf in leaves if leaf.split(".")[0] in ("tags", "user_id")]
    with pq.ParquetFile(path, read_dictionary=encoded) as file:
        names = [name for name in file.schema_arrow.names if name in TAGS_SCHEMA]
        for group in range(file.num_row_groups):  # Arrow cannot join dictionaries across two
            yield from file.iter_batches(chunk_photos, row_groups=[group], columns=names)


def encode_photos(batches: Iterable[pa.RecordBatch], folder: Path) -> EncodedPhotos:
    """Convert the tags and users of photos to ids, each tag once a photo.

    Args:
        batches: row, tags (nullable lists of nullable texts), and any of TEXTS.
        folder: where the parts are written.
    """
    files, tags, users = [], TextEncoder(), TextEncoder()
    for batch in prefetch(batches):
        files.append(folder / f"{len(files)}.photos")
        _encode_batch(batch, tags, users).write_ipc_stream(files[-1])
    return EncodedPhotos(folder, files, pl.Series("tag", tags.texts))


def _encode_batch(batch: pa.RecordBatch, tags: TextEncoder, users: TextEncoder) -> Part:
    columns = {"row": batch["row"].cast(pa.int64())}
    for name in TEXTS:
        known = name in batch.schema.names
        texts = batch[name] if known else pa.nulls(len(batch), pa.string())
        columns[name] = texts.cast(pa.large_string())
    part = pl.DataFrame(columns).with_columns(user=pl.Series(users.encode(batch["user_id"])))
    ids = tags.encode(batch["tags"].flatten())
    sizes = pc.fill_null(pc.list_value_length(batch["tags"]), 0).to_numpy()
    return part.with_columns(TagSets.from_sizes(ids, sizes).remove(ids < 0).unique().to_series())


def decode_part(part: Part, tags: pl.Series) -> pl.DataFrame:
    """Return a part with its tags as texts: the columns of TAGS_SCHEMA."""
    return part.with_columns(TagSets.from_series(part["tags"]).decode(tags)).select(*TAGS_SCHEMA)


def write_tags(path: Path | str, photos: EncodedPhotos) -> None:
    """Write the columns of TAGS_SCHEMA as parquet; the bytes do not depend on the parts."""

    def read_decoded(*_: object) -> Iterator[pl.DataFrame]:
        return (decode_part(part, photos.tags) for part in _regroup(photos))

    with atomic_write(path) as file:
        table = register_io_source(read_decoded, schema=TAGS_SCHEMA)
        table.sink_parquet(file, row_group_size=ROW_GROUP)


def _regroup(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the same photos, ROW_GROUP at a time: the layout of lists in memory shows in bytes."""
    rest = None
    for part in parts:
        rest = part if rest is None else pl.concat([rest, part])
        while rest.height >= ROW_GROUP:
            yield rest.head(ROW_GROUP)
            rest = rest.slice(ROW_GROUP)
    if rest is not None:
        yield rest
