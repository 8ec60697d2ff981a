"""The photos of a corpus as vectors, beside what a page needs to show them."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import torch
from torch import Tensor

from phototags.errors import ModelError, PhototagsError
from phototags.features.feature_cache import Features
from phototags.io.storage import read_tensors, write_tensors
from phototags.photos.photo_table import PHOTOS, read_table, write_table
from phototags.systems.tagger import Tagger

COLUMNS = ("row", "photo_id", "title", "tags", "author", "licence", "licence_url", "page_url")
FOUND = pa.schema([PHOTOS.field(name) for name in (*COLUMNS, "file")])
"""Columns of the index's table; `tags` are the cleaned ones."""


@dataclass(frozen=True, eq=False)
class Index:
    """What is searched.

    Args:
        vectors: (n, D) float32, row i stands for the i-th photo of the table.
        photos: (n rows) with the columns of FOUND.
        corpus: where the photos are from.
        model: sha256 of the tagger's model.safetensors that made the vectors.
    """

    vectors: Tensor
    photos: pd.DataFrame
    corpus: str
    model: str


def photo_vectors(tagger: Tagger, features: Tensor) -> Tensor:
    """Features (n, F) to (n, D): embeddings where the tagger has them, else the tags' scores.

    Either way the dot product with `tag_space` of a tag is how well the tag suits the photo.
    """
    with torch.inference_mode():
        if hasattr(tagger, "embed"):
            return tagger.embed(features.float()).clone()
        return tagger.scores(features.float()).clone()


def tag_space(tagger: Tagger, tags: int) -> Tensor:
    """(T, D): each tag's vector in the space of `photo_vectors`, unit vectors without embedding."""
    vectors = getattr(tagger, "tag_vectors", None)
    return torch.eye(tags) if vectors is None else vectors.detach().float()


def make_index(
    tagger: Tagger,
    features: Features,
    photos: pd.DataFrame,
    tags: pd.DataFrame,
    corpus: str,
    model: str,
) -> Index:
    """Index the photos that have features; the others were dropped, and listed, before.

    Args:
        photos: the photo table; tags: its cleaned tags.
        corpus: its name.
        model: sha256 of the tagger's model.safetensors.
    """
    known = set(photos["row"])
    rows = [row for row in features.rows.tolist() if row in known]
    cleaned = tags.set_index("row")["tags"]
    table = photos.set_index("row", drop=False).loc[rows].reset_index(drop=True)
    table = table.assign(tags=[list(cleaned[row]) for row in rows])[FOUND.names]
    return Index(photo_vectors(tagger, features.of(rows)), table, corpus, model)


def write_index(index: Index, vectors: Path | str, table: Path | str) -> None:
    """Write the two files of an index."""
    about = {"corpus": index.corpus, "model": index.model}
    write_tensors(vectors, {"vectors": index.vectors}, about)
    write_table(table, index.photos, FOUND)


def read_index(folder: Path | str, corpus: str) -> Index:
    """Read `{corpus}.safetensors` and `{corpus}.parquet` of an index folder.

    Raises:
        ModelError: when there is no such index, or its two files do not belong together.
    """
    folder = Path(folder)
    vectors, table = folder / f"{corpus}.safetensors", folder / f"{corpus}.parquet"
    if not (vectors.exists() and table.exists()):
        have = sorted(path.stem for path in folder.glob("*.safetensors")) or "none"
        raise ModelError(
            f"expected the search index {vectors} and its .parquet; indexed corpora here: {have}. "
            "Name one with --corpus, or make the index with `make results`."
        )
    try:
        tensors, about = read_tensors(vectors)
        photos = read_table(table, FOUND)
        index = Index(tensors["vectors"], photos, about["corpus"], about["model"])
    except (PhototagsError, KeyError, TypeError) as error:
        raise ModelError(
            f"{vectors} should be a search index, but: {error} `make results` makes it again."
        ) from error
    if len(index.photos) != len(index.vectors):
        raise ModelError(
            f"{vectors} holds {len(index.vectors)} vectors, but {table} {len(index.photos)} "
            "photos. Remove both and run `make results`."
        )
    return index


def nearest(vectors: Tensor, query: Tensor, top: int) -> list[tuple[int, float]]:
    """The `top` rows with the highest dot product, best first; of equals the earlier row.

    Brute force: 10^6 photos take about ten milliseconds.

    Args:
        vectors: (n, D).
        query: (D,).

    >>> nearest(torch.tensor([[1.0, 0], [0, 1], [1, 0]]), torch.tensor([1.0, 0.5]), 2)
    [(0, 1.0), (2, 1.0)]
    """
    scores = vectors @ query
    if not len(scores) or top < 1:
        return []
    least = scores.topk(min(top, len(scores))).values[-1]
    places = (scores >= least).nonzero().flatten()
    order = scores[places].sort(descending=True, stable=True).indices[:top]
    return [(int(place), float(scores[place])) for place in places[order]]
