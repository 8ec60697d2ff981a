"""Search the photo index of a corpus with the tag vectors of the tagger that made it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from phototags.corpora.corpus_registry import find_pictures
from phototags.errors import ModelError, PhototagsError
from phototags.io.storage import hash_file, read_tensors
from phototags.photos.gallery import Card, make_card
from phototags.search.index import PhotoIndex, read_index
from phototags.search.nearest import find_nearest
from phototags.search.query import Query, parse_query
from phototags.search.ranking import pick_best
from phototags.tag_vectors.zero_shot_model import FILE, ZeroShot, read_zero_shot
from phototags.tags.vocabulary import read_vocabulary

MAX_SCORED = 20_000  # tags of a tagger without tag vectors: their unit vectors have 1.6 GB
TINY = 1e-9  # of a maximum: of a tag or term that scores all photos the same


@dataclass(frozen=True, eq=False)
class SearchIndex:
    """All that a search needs.

    Args:
        tags: (T,) the tagger's vocabulary.
        tag_vectors: (T, D) float32, in the space of the photos' vectors.
        photos: the photo index of the corpus.
        shards: the tar files of the corpus' pictures; none where they are not on this machine.
        zero_shot: the model that made the photos' text vectors; None where there are none.
    """

    tags: list[str]
    tag_vectors: np.ndarray
    photos: PhotoIndex
    shards: list[Path]
    zero_shot: ZeroShot | None = None


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
    photos, text = read_index(indexes, corpus), folder / FILE
    for file, expected in ((model, photos.model), (text, photos.zero_shot)):
        if expected and not (file.is_file() and hash_file(file) == expected):
            raise ModelError(
                f"the index of {corpus} in {indexes} should be made with {file}, but was made by "
                "another tagger. Run `make results` to index the photos again."
            )
    tags = read_vocabulary(folder / "vocabulary.tsv").tags
    vectors = read_tag_vectors(model, len(tags), photos.vectors.shape[1])
    shards = folder.parents[2] / "data" / "corpora" / find_pictures(corpus) / "shards"
    zero_shot = read_zero_shot(text) if photos.zero_shot else None
    return SearchIndex(tags, vectors, photos, sorted(shards.glob("*.tar")), zero_shot)


def read_tag_vectors(model: Path, tags: int, width: int) -> np.ndarray:
    """Read the (T, D) tag vectors of a tagger in the space of an index.

    Args:
        width: D of the photos' vectors.

    Raises:
        ModelError: when the file is damaged, or the vectors do not fit the tags or the photos.
    """
    try:
        tensors = read_tensors(model, ["tag_vectors"], "np")[0]
    except PhototagsError as error:
        raise ModelError(str(error)) from error
    if "tag_vectors" not in tensors and tags > MAX_SCORED:
        raise ModelError(
            f"a tagger without tag vectors can be searched by up to {MAX_SCORED} tags, but has "
            f"{tags}. Export a system that learns by gradient."
        )
    vectors = select_tag_vectors(tensors, tags)
    if vectors.ndim != 2 or vectors.shape[1] != width or not np.isfinite(vectors).all():
        raise ModelError(
            f"{model} should hold finite tag vectors of {width} numbers, as the photos' have, but "
            f"they have the shape {vectors.shape}. Run `make results` to index the photos again."
        )
    return vectors


def select_tag_vectors(tensors: Mapping, tags: int) -> np.ndarray:
    """(T, D): a tagger's tag vectors among its tensors; unit vectors where it has none.

    Raises:
        ModelError: when they are of another number of tags than `tags`.
    """
    found = tensors["tag_vectors"] if "tag_vectors" in tensors else np.eye(tags)
    vectors = np.asarray(found, np.float32)
    if len(vectors := np.atleast_1d(vectors)) != tags:
        raise ModelError(
            f"the tagger has vectors of {len(vectors)} tags, but its vocabulary.tsv lists "
            f"{tags} tags: they belong to two taggers. Export one again with `make results`."
        )
    return vectors


def search(index: SearchIndex, words: str, top: int) -> tuple[Query, list[tuple[Card, float]]]:
    """Search photos by words.

    Tags alone rank photos by the dot product with the sum of their vectors, a term alone by its
    cosine. Several of which one is a term are added up after each is scaled to mean 0 and maximum
    1 over the photos: else those with the widest scores would decide alone.

    Returns:
        the tags and terms that were searched for, and at most `top` photos with their scores, best
        first; none where no word is a tag and no photo reaches a term's cut.
    """
    query = parse_query(words, index.tags, index.zero_shot and index.zero_shot.source)
    query, cosines = place_terms(index, query) if query.terms else (query, None)
    if query.terms:
        found = pick_best(score_terms(index, query, cosines), top)
    elif query.tags:
        vectors, wanted = index.photos.vectors, query.vector(index.tag_vectors)
        found = find_nearest(vectors, wanted, top, index.photos.longest)
    else:
        return query, []
    table = index.photos.table
    return query, [(make_card(table.slice(row, 1).to_pylist()[0]), score) for row, score in found]


def place_terms(index: SearchIndex, query: Query) -> tuple[Query, np.ndarray]:
    """Place a query's terms among the photos.

    Returns:
        the query with a note for each term, without those for which no photo reaches the cut;
        and (n, terms) cosines of photos and the terms that are left.
    """
    from phototags.tag_vectors.placed_words import load_encoder

    model, encoder = index.zero_shot, load_encoder(index.zero_shot)
    placed = model.place_texts(encoder.embed_terms(query.terms, model.source))
    cosines = index.photos.text_vectors @ placed.T
    near = (cosines >= model.cut).any(axis=0)
    notes = [
        f"{term!r} is {'one phrase' if ' ' in term else 'not a learned tag'}: "
        + ("searched by its meaning" if found else "no match")
        for term, found in zip(query.terms, near, strict=True)
    ]
    terms = tuple(itertools.compress(query.terms, near))
    return Query(query.tags, (*query.notes, *notes), terms), cosines[:, near]


def score_terms(index: SearchIndex, query: Query, cosines: np.ndarray) -> np.ndarray:
    """Score photos by a query with terms: (n,), -inf where a term alone does not reach the cut.

    Args:
        cosines: (n, terms).
    """
    if len(query.terms) == 1 and not query.tags:
        return np.where(cosines[:, 0] >= index.zero_shot.cut, cosines[:, 0], -np.inf)
    tags = index.photos.vectors @ index.tag_vectors[list(query.tags)].T  # (n, tags)
    each = np.concatenate([tags, cosines], axis=1)
    above = each - each.mean(axis=0)
    return (above / np.maximum(above.max(axis=0), TINY)).sum(axis=1)
