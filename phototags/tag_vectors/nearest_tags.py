"""Tables for judging tag vectors by eye: a map of the tags, and the nearest tags of some."""

import numpy as np
import pandas as pd
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits
from torch import Tensor

from phototags.tag_vectors.relatedness import find_nearest
from phototags.tags.vocabulary import TagVocabulary
from phototags.tags.wordnet import CATEGORY_NAMES, WordNet

MAX_MAPPED = 2_000  # tags; more are illegible on a page, and t-SNE takes seconds for these
COMMONEST, NEAREST, DECIMALS = 50, 5, 3


def map_tags(
    vocabulary: TagVocabulary, vectors: Tensor, wordnet: WordNet, seed: int
) -> pd.DataFrame:
    """Lay out the MAX_MAPPED most frequent tags in the plane.

    Args:
        vectors: (T, D) float32, in vocabulary order.
        seed: of t-SNE.

    Returns:
        tag, photos, category (WordNet's, of the tag's most frequent meaning as a noun; "" where
        it is none), x and y in [0, 1]; most frequent first.
    """
    tags = vocabulary.tags[:MAX_MAPPED]
    places = project_tags(vectors[:MAX_MAPPED].numpy(), seed)
    span = np.ptp(places, axis=0)
    places = (places - places.min(0)) / np.where(span > 0, span, 1)
    return pd.DataFrame(
        {
            "tag": tags,
            "photos": vocabulary.photos[:MAX_MAPPED],
            "category": [_find_category(tag, wordnet) for tag in tags],
            "x": places[:, 0].round(DECIMALS),
            "y": places[:, 1].round(DECIMALS),
        }
    )


def _find_category(tag: str, wordnet: WordNet) -> str:
    """Return a tag's category; WordNet files `animal` itself under `Tops`, here it is an animal."""
    category = wordnet.category(tag) or ""
    return tag if category == "Tops" and tag in CATEGORY_NAMES.split() else category


def project_tags(vectors: np.ndarray, seed: int, perplexity: float = 15.0) -> np.ndarray:
    """Project tags to the plane by t-SNE (van der Maaten & Hinton, JMLR 2008).

    Distances between far groups mean nothing; neighbours do.

    Args:
        vectors: (T, D) float, of which only the directions count; T up to some 20,000.
        perplexity: about how many neighbours a tag keeps.

    Returns:
        (T, 2) float32. Fewer than five tags, or tags that are all alike, are projected to their
        two main axes.
    """
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    if len(unit) < 5 or np.allclose(unit, unit[:1]):  # t-SNE divides by their distances
        centred = unit - unit.mean(0)
        places = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
        return np.pad(places, [(0, 0), (0, 2 - places.shape[1])]).astype(np.float32)
    tsne = TSNE(
        perplexity=min(perplexity, (len(unit) - 1) / 3),
        init="pca",
        metric="cosine",
        random_state=seed,
        n_jobs=1,
    )
    with threadpool_limits(1):  # several threads would wait for each other on a shared machine
        return tsne.fit_transform(unit).astype(np.float32)


def list_nearest(vocabulary: TagVocabulary, vectors: Tensor, seed: int) -> pd.DataFrame:
    """List the nearest tags of the COMMONEST most frequent tags and of as many random others.

    Args:
        vectors: (T, D) float32, in vocabulary order.
        seed: of the random tags.

    Returns:
        tag, chosen (`commonest` or `random`), near, cosine; a row a near tag, nearest first.
    """
    others = np.arange(len(vocabulary))[COMMONEST:]
    random = np.random.default_rng(seed).permutation(others)[:COMMONEST]
    chosen = [(number, "commonest") for number in range(min(COMMONEST, len(vocabulary)))]
    chosen += [(number, "random") for number in np.sort(random)]
    rows = [
        (vocabulary.tags[number], how, near, round(cosine, DECIMALS))
        for number, how in chosen
        for near, cosine in find_nearest(vocabulary.tags[number], vocabulary, vectors, NEAREST)
    ]
    return pd.DataFrame(rows, columns=["tag", "chosen", "near", "cosine"])
