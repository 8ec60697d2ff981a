"""Search the photo index of a corpus with the tag vectors of the tagger that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from phototags.corpora.corpus_registry import find_pictures
from phototags.errors import ModelError
from phototags.io.storage import hash_file, read_tensors
from phototags.photos.gallery import Card, make_card
from phototags.search.index import PhotoIndex, read_index
from phototags.search.query import Query, parse_query
from phototags.tags.vocabulary import read_vocabulary


@dataclass(frozen=True, eq=False)
class SearchIndex:
    """All that a search needs.

    Args:
        tags: (T,) the tagger's vocabulary.
        tag_vectors: (T, D) float32, in the space of the photos' vectors.
        photos: the photo index of the corpus.
        shards: the tar files of the corpus' pictures; none where they are not on this machine.
    """

    tags: list[str]
    tag_vectors: np.ndarray
    photos: PhotoIndex
    shards: list[Path]


def read_search_index(folder: Path | str, corpus: str) -> SearchIndex:
    """Read the vocabulary and tag vectors of a tagger and the photo index of a corpus.

    Args:
        folder: `models/{run}/tagger`; its indexes are in `models/{run}/index`, the pictures in
            `data/corpora/{corpus}/shards`, those of a view in the folder of its corpus.

    Raises:
        ModelError: when there is no index of the corpus, or another tagger made it.
        VocabularyError: when vocabulary.tsv is missing or damaged.
    """
    folder = Path(folder).resolve()
    model, indexes = folder / "model.safetensors", folder.parent / "index"
    photos = read_index(indexes, corpus)
    if not model.exists() or photos.model != hash_file(model):
        raise ModelError(
            f"the index of {corpus} in {indexes} should be made by the tagger in {folder}, but was "
            "made by another tagger. Run `make results` to index the photos again."
        )
    tags = read_vocabulary(folder / "vocabulary.tsv").tags
    vectors = select_tag_vectors(read_tensors(model, ["tag_vectors"], "np")[0], len(tags))
    shards = folder.parents[2] / "data" / "corpora" / find_pictures(corpus) / "shards"
    return SearchIndex(tags, vectors, photos, sorted(shards.glob("*.tar")))


def select_tag_vectors(tensors: Mapping, tags: int) -> np.ndarray:
    """(T, D): a tagger's tag vectors among its tensors; unit vectors where it has none.

    Raises:
        ModelError: when they are of another number of tags than `tags`.
    """
    vectors = np.asarray(tensors.get("tag_vectors", np.eye(tags)), np.float32)
    if len(vectors) != tags:
        raise ModelError(
            f"the tagger has vectors of {len(vectors)} tags, but its vocabulary.tsv lists {tags}: "
            "they belong to two taggers. Export one again with `make results`."
        )
    return vectors


def search(index: SearchIndex, words: str, top: int) -> tuple[Query, list[tuple[Card, float]]]:
    """Search photos by words.

    Returns:
        the tags that were searched for, and at most `top` photos with their scores, best first;
        no photos where none of the words is a tag or near one.
    """
    query = parse_query(words, index.tags, _load_text)
    if not query.tags:
        return query, []
    found = find_nearest(index.photos.vectors, query.vector(index.tag_vectors), top)
    table = index.photos.table
    return query, [(make_card(table.slice(row, 1).to_pylist()[0]), score) for row, score in found]


def _load_text():
    from phototags.tag_vectors.text_vectors import load_glove  # few searches need it

    return load_glove()


def find_nearest(vectors: np.ndarray, query: np.ndarray, top: int) -> list[tuple[int, float]]:
    """The `top` rows with the highest dot product, best first; of equal ones the earlier first.

    Brute force, 0.05 s for 10^6 rows of 50. Sums are in float64 and each row is added in the same
    order, so equal rows have equal scores; a BLAS product may split them.

    Args:
        vectors: (n, D).
        query: (D,).

    >>> find_nearest(np.float32([[1, 0], [0, 1], [1, 0]]), np.float32([1, 0.5]), 2)
    [(0, 1.0), (2, 1.0)]
    """
    scores = np.einsum("nd,d->n", vectors, query, dtype=np.float64).astype(np.float32)
    if not len(scores) or top < 1:
        return []
    places = np.arange(len(scores))
    if top < len(scores):
        places = np.flatnonzero(scores >= np.partition(scores, -top)[-top])
    order = places[np.argsort(-scores[places], kind="stable")][:top]
    return list(zip(order.tolist(), scores[order].tolist(), strict=True))
