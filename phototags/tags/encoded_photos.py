"""A corpus whose tags are numbers, a part of its photos at a time.

A text that people write ten million times is looked at once a part and kept once; the parts lie on
disk. So memory follows the part and the number of different tags, not the number of photos.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from phototags.io.storage import atomic_write
from phototags.tags.encoding import TagSets, find_ids
from phototags.tags.prefetch import ahead

TEXTS = {"photo_id": pl.String, "user_id": pl.String, "camera": pl.String}
TAGGED = {"row": pl.Int64, **TEXTS, "tags": pl.List(pl.String)}
"""Columns of tags.parquet."""
ROW_GROUP = 131_072  # photos; fixed, or the bytes of a file would follow the part


class Numbers:
    """Texts by number, in the order in which they come."""

    def __init__(self) -> None:
        self.texts = pa.array([], pa.large_string())

    def of(self, texts: pa.Array) -> NDArray[np.int32]:
        """(n,) the number of each text; a new one gets the next, null -1."""
        if not pa.types.is_dictionary(texts.type):
            texts = texts.cast(pa.large_string()).dictionary_encode()
        places = pc.fill_null(texts.indices, -1).to_numpy()
        found = np.full(len(texts.dictionary) + 1, -1, np.int32)
        found[places] = 0
        found[-1] = -1
        here = np.flatnonzero(found == 0)  # a dictionary may be the whole file's
        distinct = texts.dictionary.take(pa.array(here)).cast(pa.large_string())
        numbers = pc.fill_null(pc.index_in(distinct, value_set=self.texts), -1).to_numpy().copy()
        new = numbers < 0
        numbers[new] = np.arange(len(self.texts), len(self.texts) + new.sum())
        self.texts = pa.concat_arrays([self.texts, distinct.filter(pa.array(new))])
        found[here] = numbers
        return found[places]


Part = pl.DataFrame
"""Some photos: row, user (Int32, -1 unknown), tags (numbers), and TEXTS (null where unknown)."""


@dataclass(frozen=True)
class NumberedPhotos:
    """A corpus as parts on disk; each pass over it reads them again.

    Args:
        folder: has room for the parts, and for whatever is counted of them.
        files: the parts.
        words: (T,) distinct tags, by number.
        steps: what becomes of each part when it is read.
    """

    folder: Path
    files: list[Path]
    words: pl.Series
    steps: tuple[Callable[[Part], Part], ...] = ()

    def __iter__(self) -> Iterator[Part]:
        for file in self.files:
            part = pl.read_ipc_stream(file)
            for step in self.steps:
                part = step(part)
            yield part

    def then(self, step: Callable[[Part], Part]) -> "NumberedPhotos":
        """The corpus with one more step."""
        return replace(self, steps=(*self.steps, step))

    def becoming(self, becomes: TagSets, words: pl.Series) -> "NumberedPhotos":
        """The corpus with other tags: those of `words` that each tag becomes, each once a photo."""

        def step(part: Part) -> Part:
            return part.with_columns(
                TagSets.from_series(part["tags"]).replace(becomes, len(words)).to_series()
            )

        return replace(self.then(step), words=words)

    def spelt_as(self, texts: pl.Series, words: pl.Series) -> "NumberedPhotos":
        """The corpus with other tags.

        Args:
            texts: (T,) what each tag is taken for; it goes where that is none of `words`.
        """
        ids = find_ids(texts, words)
        new = TagSets.from_sizes(ids.drop_nulls().to_numpy(), ids.is_not_null().to_numpy())
        return self.becoming(new, words)


def photos_in(path: Path | str, at_once: int) -> Iterator[pa.RecordBatch]:
    """Photos of a parquet table, at most so many at once; tags and users are dictionaries."""
    schema = pq.read_metadata(path).schema
    leaves = [schema.column(number).path for number in range(len(schema))]
    coded = [leaf for leaf in leaves if leaf.split(".")[0] in ("tags", "user_id")]
    with pq.ParquetFile(path, read_dictionary=coded) as file:
        known = {"row", "tags", *TEXTS}
        names = [name for name in file.schema_arrow.names if name in known]
        for group in range(file.num_row_groups):  # Arrow cannot join dictionaries across two
            yield from file.iter_batches(at_once, row_groups=[group], columns=names)


def number_tags(batches: Iterable[pa.RecordBatch], folder: Path) -> NumberedPhotos:
    """The tags and users of photos as numbers, each tag once a photo.

    Args:
        batches: row, tags (nullable lists of nullable texts), and of TEXTS what there is.
        folder: where the parts are written.
    """
    files, tags, users = [], Numbers(), Numbers()
    for batch in ahead(batches):
        files.append(folder / f"{len(files)}.photos")
        _numbered(batch, tags, users).write_ipc_stream(files[-1])
    return NumberedPhotos(folder, files, pl.Series("tag", tags.texts))


def spelled_out(part: Part, words: pl.Series) -> pl.DataFrame:
    """A part with its tags as texts: the columns of TAGGED."""
    texts = TagSets.from_series(part["tags"]).decode(words)
    return part.with_columns(texts).select(list(TAGGED))


def write_tags(path: Path | str, photos: NumberedPhotos) -> None:
    """Write the columns of TAGGED as parquet; the bytes do not depend on the parts."""

    def parts(*_: object) -> Iterator[pl.DataFrame]:
        return (spelled_out(part, photos.words) for part in _row_groups(photos))

    with atomic_write(path) as file:
        register_io_source(parts, schema=TAGGED).sink_parquet(file, row_group_size=ROW_GROUP)


def _row_groups(parts: Iterable[Part]) -> Iterator[Part]:
    """The same photos, always ROW_GROUP together: how lists lie in memory shows in the bytes."""
    left = None
    for part in parts:
        left = part if left is None else pl.concat([left, part])
        while left.height >= ROW_GROUP:
            yield left.head(ROW_GROUP)
            left = left.slice(ROW_GROUP)
    if left is not None:
        yield left


def _numbered(batch: pa.RecordBatch, tags: Numbers, users: Numbers) -> Part:
    columns = {"row": batch["row"].cast(pa.int64())}
    for name in TEXTS:
        there = name in batch.schema.names
        texts = batch[name] if there else pa.nulls(len(batch), pa.string())
        columns[name] = texts.cast(pa.large_string())
    part = pl.DataFrame(columns).with_columns(user=pl.Series(users.of(batch["user_id"])))
    numbers = tags.of(batch["tags"].flatten())
    sizes = pc.fill_null(pc.list_value_length(batch["tags"]), 0).to_numpy()
    sets = TagSets.from_sizes(numbers, sizes).remove(numbers < 0).unique()
    return part.with_columns(sets.to_series())
