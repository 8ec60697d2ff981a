"""Zero-shot search: one space for photos and for any text, learned from training photos' texts.

A ridge regression predicts the mean text vector of a photo's tags or captions from its features;
a photo then fits a text as far as the cosine of the two says. This is the bilinear model of ESZSL
(Romera-Paredes & Torr, ICML 2015) with two changes: text vectors are whitened partly, and photos
have unit length. A word that no photo of the training part had needs nothing but its text vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError, PhototagsError
from phototags.io.storage import read_tensors, write_tensors
from phototags.tag_vectors.ridge import Ridge, scale_to_unit, whiten

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FILE = "zero_shot.safetensors"
NAMES = ("photo_mean", "photo_map", "text_mean", "text_map")
ENCODERS, SOURCES = ("minilm", "glove"), ("tags", "captions")
COUNT_POWER = 0.5  # a tag's pull: its count to the power of 1 - 0.5, as Im2Vec samples tags


@dataclass(frozen=True, eq=False)
class ZeroShot:
    """Maps of photos' features and of text vectors into one space of E dimensions.

    Args:
        photo_mean: (F,) float32. photo_map: (F, E).
        text_mean: (E,) float32. text_map: (E, E).
        encoder: of the text vectors, one of ENCODERS.
        source: what was learned from, one of SOURCES.
        cut: cosine that a photo must reach to be shown, in [-1, 1].
    """

    photo_mean: NDArray[np.float32]
    photo_map: NDArray[np.float32]
    text_mean: NDArray[np.float32]
    text_map: NDArray[np.float32]
    encoder: str
    source: str
    cut: float = -1.0

    def embed_photos(self, features: NDArray) -> NDArray[np.float32]:
        """Features (n, F) to vectors (n, E) of length one."""
        return scale_to_unit((features - self.photo_mean) @ self.photo_map)

    def place_texts(self, vectors: NDArray) -> NDArray[np.float32]:
        """Text vectors (m, E) to vectors (m, E) of length one; zeros, of unknown words, stay."""
        placed = scale_to_unit((vectors - self.text_mean) @ self.text_map)
        return np.where(vectors.any(axis=1, keepdims=True), placed, 0).astype(np.float32)

    def score(self, features: NDArray, vectors: NDArray) -> NDArray[np.float32]:
        """Cosines (n, m) of photos' features (n, F) and text vectors (m, E)."""
        return self.embed_photos(features) @ self.place_texts(vectors).T


def weigh_tags(relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights of tags in their photos' texts: (n, T) bool to float, rare tags weigh more.

    A tag of c photos weighs 1 / sqrt(c): else a few frequent tags would decide every map.

    >>> weigh_tags(np.array([[True, True], [True, False], [True, False], [True, False]]))[0]
    array([0.5, 1. ])
    """
    counts = relevant.sum(axis=0)
    return relevant / np.maximum(counts, 1) ** COUNT_POWER


def weigh_captions(owners: Sequence[int], photos: int) -> csr_matrix:
    """Weights (photos, C) that average the captions of each photo.

    Args:
        owners: (C,) the photo of each caption, in [0, photos).

    >>> weigh_captions([0, 0, 1], 2).toarray()
    array([[0.5, 0.5, 0. ],
           [0. , 0. , 1. ]])
    """
    from scipy.sparse import csr_matrix

    sizes = np.bincount(owners, minlength=photos)
    places = (owners, np.arange(len(owners)))
    return csr_matrix((1 / sizes[owners], places), shape=(photos, len(owners)))


def fit_zero_shot(
    ridge: Ridge,
    weights: NDArray | csr_matrix,
    vectors: NDArray,
    alpha: float,
    power: float,
    encoder: str,
    source: str,
) -> ZeroShot:
    """Fit both maps in closed form.

    Args:
        ridge: of the training photos' features (n, F).
        weights: (n, T), of `weigh_tags` or `weigh_captions`.
        vectors: (T, E), text vectors of the tags or captions.
        alpha: penalty of the ridge regression. power: of the whitening, in [0, 1].
    """
    mean, whitening = vectors.mean(axis=0), whiten(vectors, power)
    photo_map = ridge.solve(weights @ (vectors - mean), alpha) @ whitening
    arrays = [np.asarray(one, np.float32) for one in (ridge.mean, photo_map, mean, whitening)]
    return ZeroShot(*arrays, encoder, source)


def write_zero_shot(model: ZeroShot, path: Path | str) -> None:
    """Write a model as safetensors; equal models give equal bytes."""
    import torch

    tensors = {name: torch.from_numpy(getattr(model, name)) for name in NAMES}
    about = {"encoder": model.encoder, "source": model.source, "cut": model.cut}
    write_tensors(path, tensors, about)


def read_zero_shot(path: Path | str) -> ZeroShot:
    """Read what `write_zero_shot` wrote.

    Raises:
        ModelError: when the file is missing, damaged or no zero-shot model.
    """
    try:
        tensors, about = read_tensors(path, framework="np")
        model = ZeroShot(*(tensors[name] for name in NAMES), **about)
        _check(model)
    except (PhototagsError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} should be a zero-shot model written by phototags, but: {error}. "
            "Make it again with `make results`."
        ) from error
    return model


def _check(model: ZeroShot) -> None:
    """Raise a ValueError where parts of a model do not fit each other."""
    width, dimensions = (model.photo_map.shape + (0, 0))[:2]
    shapes = {"photo_mean": (width,), "photo_map": (width, dimensions)}
    shapes |= {"text_mean": (dimensions,), "text_map": (dimensions, dimensions)}
    for name, shape in shapes.items():
        found = getattr(model, name)
        if found.shape != shape or found.dtype != np.float32 or not np.isfinite(found).all():
            raise ValueError(
                f"{name} should hold finite float32 numbers of shape {shape}, but holds "
                f"{found.dtype} of shape {found.shape}"
            )
    if model.encoder not in ENCODERS or model.source not in SOURCES:
        raise ValueError(f"it names the encoder {model.encoder!r} and source {model.source!r}")
    if not isinstance(model.cut, float) or not -1 <= model.cut <= 1:
        raise ValueError(f"its cut should be a cosine, but is {model.cut!r}")
