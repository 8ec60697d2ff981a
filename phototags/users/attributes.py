"""Attributes of single photos, encoded as numbers whose mean over photos describes a user."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.features.feature_cache import Features
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.feature_pca import FeaturePca

Attribute = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""(N, d) values and (N,) whether a photo has them."""


def describe_features(rows: Sequence[int], features: Features, pca: FeaturePca) -> Attribute:
    """Describe photos by the principal components of their features, where they have features."""
    known = np.isin(rows, features.rows.numpy())
    values = np.zeros((len(rows), pca.axes.shape[1]))
    values[known] = pca.transform(features.select(np.asarray(rows)[known].tolist()))
    return values, known


def describe_tags(
    tags: Sequence[Sequence[str]], vocabulary: TagVocabulary, vectors: NDArray
) -> Attribute:
    """Describe photos by the mean vector of their known tags, standardised over all tags written.

    Args:
        vectors: (T, D) of the vocabulary's tags.

    Returns:
        of variance one in each dimension over the tags written, if each tag were a photo.
    """
    weights = np.asarray(vocabulary.photos, float)
    centred = vectors - np.average(vectors, axis=0, weights=weights)
    deviation = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    table = centred / np.maximum(deviation, 1e-9)
    sets = encode_tags(tags, vocabulary.tags)
    values = np.zeros((len(sets), table.shape[1]))
    np.add.at(values, sets.photo_indices, table[sets.ids])
    return values / np.maximum(sets.sizes, 1)[:, None], sets.sizes > 0


def describe_location(longitude: pd.Series, latitude: pd.Series) -> Attribute:
    """Turn degrees into a point on the unit sphere, so that there is no edge at 180 degrees.

    >>> values, known = describe_location(pd.Series([0.0, 90.0, None]), pd.Series([0.0, 0.0, 1.0]))
    >>> values.round(6).tolist(), known.tolist()
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]], [True, True, False])
    """
    east, north = (np.radians(of.to_numpy(float)) for of in (longitude, latitude))
    known = (np.abs(east) <= np.pi) & (np.abs(north) <= np.pi / 2)
    values = [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    return np.where(known[:, None], np.stack(values, axis=1), 0.0), known


def describe_date(taken_at: pd.Series) -> tuple[Attribute, Attribute]:
    """Turn dates into the season, a point on a circle, and the year in units of five around 2010.

    Args:
        taken_at: text; what does not begin as 2013-07 does is unknown.

    >>> season, year = describe_date(pd.Series(["2015-01-30", "30 1 2015", None]))
    >>> season[0].round(3).tolist()[0], year[0].ravel().tolist(), year[1].tolist()
    ([0.0, 1.0], [1.0, 0.0, 0.0], [True, False, False])
    """
    found = taken_at.astype("string").str.extract(r"^((?:19|20)\d\d)-(0[1-9]|1[0-2])(?!\d)")
    year, month = (found[column].astype(float).to_numpy(float, na_value=np.nan) for column in found)
    known = ~np.isnan(year)
    angle = 2 * np.pi * (month - 1) / 12
    season = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    fives = (year[:, None] - 2010) / 5
    return tuple((np.where(known[:, None], values, 0.0), known) for values in (season, fives))


def describe_camera(cameras: pd.Series, makes: Sequence[str]) -> Attribute:
    """Turn cameras into one-hot vectors over makes; all zeros for another make.

    >>> cameras = pd.Series(["Canon EOS 7D", "HTC One", None])
    >>> values, known = describe_camera(cameras, ["nikon", "canon"])
    >>> values.tolist(), known.tolist()
    ([[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]], [True, True, False])
    """
    found = parse_make(cameras)
    values = found.fillna("").to_numpy(object)[:, None] == np.array(makes, object)[None, :]
    return values.astype(float), found.notna().to_numpy()


def parse_make(cameras: pd.Series) -> pd.Series:
    """Parse a camera's make: its first word, in lower case, so that all models of a make are one.

    >>> parse_make(pd.Series(["NIKON CORPORATION NIKON D90", "Nikon D40", None])).tolist()
    ['nikon', 'nikon', <NA>]
    """
    return cameras.astype("string").str.casefold().str.split(n=1).str[0]
