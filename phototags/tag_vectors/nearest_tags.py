"""What a person looks at to judge tag vectors: a map of the tags, and the nearest of some."""

import numpy as np
import pandas as pd
from torch import Tensor

from phototags.tag_vectors.relatedness import near
from phototags.tag_vectors.tag_map import tag_map
from phototags.tags.vocabulary import TagVocabulary
from phototags.tags.wordnet import CATEGORY_NAMES, WordNet

MAPPED = 2_000  # tags; more could not be told apart on a page, and t-SNE takes seconds for these
CHOSEN = 50
NEAREST = 5
DECIMALS = 3


def map_of(vocabulary: TagVocabulary, vectors: Tensor, wordnet: WordNet, seed: int) -> pd.DataFrame:
    """The commonest tags on a sheet of paper, MAPPED at the most.

    Args:
        vectors: (T, D) float32, in vocabulary order.
        seed: of t-SNE.

    Returns:
        tag, photos, category (WordNet's, of the tag's most frequent meaning as a noun; "" where
        it is none), x and y in [0, 1]; the commonest first.
    """
    tags = vocabulary.tags[:MAPPED]
    places = tag_map(vectors[:MAPPED].numpy(), seed)
    span = np.ptp(places, axis=0)
    places = (places - places.min(0)) / np.where(span > 0, span, 1)
    return pd.DataFrame(
        {
            "tag": tags,
            "photos": vocabulary.photos[:MAPPED],
            "category": [_category(tag, wordnet) for tag in tags],
            "x": places[:, 0].round(DECIMALS),
            "y": places[:, 1].round(DECIMALS),
        }
    )


def _category(tag: str, wordnet: WordNet) -> str:
    """WordNet files `animal` itself under the tops of its tree; a person expects an animal."""
    category = wordnet.category(tag) or ""
    return tag if category == "Tops" and tag in CATEGORY_NAMES.split() else category


def nearest_of(vocabulary: TagVocabulary, vectors: Tensor, seed: int) -> pd.DataFrame:
    """The nearest tags of the CHOSEN commonest tags, and of as many drawn from the others.

    Args:
        vectors: (T, D) float32, in vocabulary order.
        seed: of the draw.

    Returns:
        tag, chosen (`commonest` or `random`), near, cosine; a row a near tag, nearest first.
    """
    others = np.arange(len(vocabulary))[CHOSEN:]
    drawn = np.random.default_rng(seed).permutation(others)[:CHOSEN]
    chosen = [(number, "commonest") for number in range(min(CHOSEN, len(vocabulary)))]
    chosen += [(number, "random") for number in np.sort(drawn)]
    rows = [
        (vocabulary.tags[number], how, one, round(cosine, DECIMALS))
        for number, how in chosen
        for one, cosine in near(vocabulary.tags[number], vocabulary, vectors, NEAREST)
    ]
    return pd.DataFrame(rows, columns=["tag", "chosen", "near", "cosine"])
