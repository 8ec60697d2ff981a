"""The photo index of a corpus: one vector a photo, and the columns that a result shows.

Reading an index needs neither torch nor pandas, so that a search starts quickly.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from phototags.errors import ModelError, PhototagsError
from phototags.io.storage import atomic_write, hash_file, read_tensors, write_tensors
from phototags.io.tagger_config import is_name
from phototags.search.nearest import measure_longest
from phototags.tags.vocabulary import find_shown

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

    from phototags.features.feature_cache import Features
    from phototags.systems.tagger import Tagger

COLUMNS = ["row", "photo_id", "title", "tags", "author", "licence"]
COLUMNS += ["licence_url", "page_url", "file"]
"""Columns of the index's table; `tags` are the cleaned ones."""
TYPES = {"row": pa.int64(), "tags": pa.list_(pa.string())}
FILLED = ("row", "photo_id", "tags")
MAX_ROWS = 200_000_000


@dataclass(frozen=True, eq=False)
class PhotoIndex:
    """The indexed photos of a corpus.

    Args:
        vectors: (n, D) float32, row i belongs to row i of the table.
        table: (n rows) with COLUMNS.
        corpus: its name.
        model: sha256 of the model.safetensors that the vectors were computed with.
        text_vectors: (n, E) float32, of the tagger's zero-shot model; None where it has none.
        zero_shot: sha256 of its zero_shot.safetensors.
    """

    vectors: np.ndarray
    table: pa.Table
    corpus: str
    model: str
    text_vectors: np.ndarray | None = None
    zero_shot: str | None = None

    @functools.cached_property
    def longest(self) -> float:
        """The length of the longest vector."""
        return measure_longest(self.vectors)


def compute_photo_vectors(tagger: Tagger, features: Tensor) -> Tensor:
    """Compute the vectors of photos: embeddings, or scores where the tagger does not embed.

    Either way the dot product with a tag's vector (`search_index.select_tag_vectors`) is how well
    the tag fits the photo.

    Args:
        features: (n, F).

    Returns:
        (n, D) float32, D being T for scores.
    """
    import torch

    with torch.inference_mode():
        compute = tagger.embed if hasattr(tagger, "embed") else tagger.scores
        return compute(features.float()).clone()


def build_index(
    tagger: Tagger,
    features: Features,
    photos: pd.DataFrame,
    tags: pd.DataFrame,
    corpus: str,
    model: str,
    blacklist: str | None = None,
    zero_shot: Path | str | None = None,
) -> PhotoIndex:
    """Index the photos that have features; the drops of earlier rules list the others.

    Args:
        photos: the photo table of the corpus.
        tags: its cleaned tags.
        corpus: its name.
        model: sha256 of the tagger's model.safetensors.
        blacklist: regular expression of whole tags that the index leaves out.
        zero_shot: zero_shot.safetensors of the tagger, where there is one.
    """
    from phototags.photos.photo_table import PHOTOS
    from phototags.tag_vectors.zero_shot_model import read_zero_shot

    known = set(photos["row"])
    rows = [row for row in features.rows.tolist() if row in known]
    cleaned = tags.set_index("row")["tags"]
    table = photos.set_index("row", drop=False).loc[rows].reset_index(drop=True)
    shown = [[of[place] for place in find_shown(of, blacklist)] for of in cleaned[rows]]
    table = table.assign(tags=shown)[COLUMNS]
    schema = pa.schema([PHOTOS.field(name) for name in COLUMNS])
    content = pa.Table.from_pandas(table, schema, preserve_index=False)
    content, selected = content.replace_schema_metadata(None), features.select(rows)
    index = PhotoIndex(compute_photo_vectors(tagger, selected).numpy(), content, corpus, model)
    if zero_shot is None:
        return index
    text_vectors = read_zero_shot(zero_shot).embed_photos(selected.numpy())
    return replace(index, text_vectors=text_vectors, zero_shot=hash_file(zero_shot))


def write_index(index: PhotoIndex, vectors: Path | str, table: Path | str) -> None:
    """Write an index as a safetensors file of vectors and a parquet table."""
    import torch

    about = {"corpus": index.corpus, "model": index.model, "zero_shot": index.zero_shot}
    arrays = {"vectors": index.vectors, "text_vectors": index.text_vectors}
    tensors = {name: torch.from_numpy(one) for name, one in arrays.items() if one is not None}
    write_tensors(vectors, tensors, about)
    with atomic_write(table) as part:
        pq.write_table(index.table, part)


def read_index(folder: Path | str, corpus: str) -> PhotoIndex:
    """Read `{corpus}.safetensors` and `{corpus}.parquet` of an index folder.

    Raises:
        ModelError: when there is no such index, or its files are damaged or of two indexes.
    """
    vectors, table = (Path(folder) / f"{corpus}.{kind}" for kind in ("safetensors", "parquet"))
    if not is_name(corpus) or not (vectors.is_file() and table.is_file()):
        indexed = sorted(path.stem for path in Path(folder).glob("*.safetensors")) or "none"
        raise ModelError(
            f"expected the search index {vectors} and its .parquet, found none; indexed corpora "
            f"here: {indexed}. Name one with --corpus, or make the index with `make results`."
        )
    try:
        tensors, about = read_tensors(vectors, framework="np")
        index = PhotoIndex(
            _check_vectors(tensors["vectors"]),
            _read_photos(table),
            about["corpus"],
            about["model"],
            _check_vectors(tensors["text_vectors"]) if "text_vectors" in tensors else None,
            about.get("zero_shot"),
        )
        _check_about(index, corpus)
    except (PhototagsError, OSError, pa.ArrowException, LookupError, TypeError, ValueError,
            AttributeError) as error:  # fmt: skip
        raise ModelError(
            f"{vectors} and its .parquet should be a search index, but: {error} "
            "Make it again with `make results`."
        ) from error
    for of in (index.vectors, index.text_vectors):
        if of is not None and len(index.table) != len(of):
            raise ModelError(
                f"{vectors} holds {len(of)} vectors, but {table} {len(index.table)} photos. "
                "Remove both and run `make results`."
            )
    return index


def _read_photos(path: Path) -> pa.Table:
    """Read the table's COLUMNS; a ValueError where one has another type, or nulls.

    No more rows are read than `MAX_ROWS`: parquet packs nulls by the billion.
    """
    file = pq.ParquetFile(path)  # pq.read_table imports pandas
    rows = file.metadata.num_rows
    if rows > MAX_ROWS:
        raise ValueError(f"it has {rows} photos; {MAX_ROWS} at most")
    table = file.read(COLUMNS).select(COLUMNS)
    for name, column in zip(COLUMNS, table.columns, strict=True):
        expected = TYPES.get(name, pa.string())
        if column.type != expected or (name in FILLED and column.null_count):
            raise ValueError(f"the column {name} should hold {expected}, but holds {column.type}")
    if any(chunk.values.null_count for chunk in table["tags"].chunks):
        raise ValueError("a tag is null")
    return table


def _check_vectors(vectors: np.ndarray) -> np.ndarray:
    if vectors.ndim != 2 or vectors.dtype != np.float32 or not np.isfinite(vectors).all():
        raise ValueError(
            "vectors should be finite float32 numbers, a row a photo, but they are "
            f"{vectors.dtype} of the shape {vectors.shape}"
        )
    return vectors


def _check_about(index: PhotoIndex, corpus: str) -> None:
    texts = index.corpus, index.model, index.zero_shot or ""
    if not all(isinstance(one, str) for one in texts):
        raise ValueError(f"it is made of {texts}, which should be texts")
    if index.corpus != corpus:
        raise ValueError(f"it is of the corpus {index.corpus!r:.60}, not of {corpus!r}")
