"""A tagger and an index that belong together, ready to be asked."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from torch import Tensor

from phototags.errors import ModelError
from phototags.io.storage import hash_file
from phototags.photos.gallery import Card, make_card
from phototags.search.index import Index, nearest, read_index, tag_space
from phototags.search.query import Query, understand
from phototags.systems.tagger import load, read_config
from phototags.tag_vectors.text_vectors import glove
from phototags.tags.vocabulary import read_vocabulary


@dataclass(frozen=True, eq=False)
class Shelf:
    """What a search needs.

    Args:
        tags: (T,) the tagger's vocabulary.
        tag_vectors: (T, D) in the space of the index.
        shards: the tar files with the corpus' pictures, none where they are not here.
    """

    tags: list[str]
    tag_vectors: Tensor
    index: Index
    shards: list[Path]


def read_shelf(folder: Path | str, corpus: str | None = None) -> Shelf:
    """The shelf of the tagger in `models/{run}/tagger`.

    Its index is `models/{run}/index`, its pictures `data/corpora/{corpus}/shards`.

    Args:
        corpus: where to look; None for the corpus that the tagger learned from.

    Raises:
        ModelError: when there is no index of the corpus, or another tagger made it.
    """
    folder = Path(folder).resolve()
    corpus = corpus or read_config(folder)["train"]
    index = read_index(folder.parent / "index", corpus)
    if index.model != hash_file(folder / "model.safetensors"):
        raise ModelError(
            f"the index of {corpus} in {folder.parent / 'index'} was made by another tagger than "
            f"the one in {folder}. Run `make results` to index the photos again."
        )
    tags = read_vocabulary(folder / "vocabulary.tsv").tags
    shards = folder.parents[2] / "data" / "corpora" / corpus / "shards"
    return Shelf(tags, tag_space(load(folder), len(tags)), index, sorted(shards.glob("*.tar")))


def look_up(shelf: Shelf, words: str, top: int) -> tuple[Query, list[tuple[Card, float]]]:
    """What was searched for, and the photos with their scores, best first; none without a tag."""
    query = understand(words, shelf.tags, glove)
    if not query.tags:
        return query, []
    places = nearest(shelf.index.vectors, query.vector(shelf.tag_vectors), top)
    photos: pd.DataFrame = shelf.index.photos
    return query, [(make_card(photos.iloc[place]), score) for place, score in places]
