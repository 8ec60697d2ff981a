"""What one photo says of whoever took it: numbers whose mean over photos describes the user."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.features.feature_cache import Features
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.reduction import Reduction

Attribute = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""(N, d) values and (N,) whether a photo has them."""


def looks(rows: Sequence[int], features: Features, reduced: Reduction) -> Attribute:
    """How the photos look, where they have features."""
    known = np.isin(rows, features.rows.numpy())
    values = np.zeros((len(rows), reduced.axes.shape[1]))
    values[known] = reduced.of(features.of(np.asarray(rows)[known].tolist()))
    return values, known


def words(tags: Sequence[Sequence[str]], vocabulary: TagVocabulary, vectors: NDArray) -> Attribute:
    """The mean vector of a photo's known tags, around that of all tags written.

    Args:
        vectors: (T, D) of the vocabulary's tags.

    Returns:
        of variance one in each dimension over the tags written, if each tag were a photo.
    """
    weights = np.asarray(vocabulary.photos, float)
    centred = vectors - np.average(vectors, axis=0, weights=weights)
    spread = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    table = centred / np.maximum(spread, 1e-9)
    sets = encode_tags(tags, vocabulary.tags)
    values = np.zeros((len(sets), table.shape[1]))
    np.add.at(values, sets.photo_indices, table[sets.ids])
    return values / np.maximum(sets.sizes, 1)[:, None], sets.sizes > 0


def place(longitude: pd.Series, latitude: pd.Series) -> Attribute:
    """The point on the unit sphere, so that there is no edge at 180 degrees.

    >>> values, known = place(pd.Series([0.0, 90.0, None]), pd.Series([0.0, 0.0, 1.0]))
    >>> values.round(6).tolist(), known.tolist()
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]], [True, True, False])
    """
    east, north = (np.radians(of.to_numpy(float)) for of in (longitude, latitude))
    known = (np.abs(east) <= np.pi) & (np.abs(north) <= np.pi / 2)
    values = [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    return np.where(known[:, None], np.stack(values, axis=1), 0.0), known


def time(taken_at: pd.Series) -> tuple[Attribute, Attribute]:
    """The season, as a point on the circle of the year, and the year, in fives around 2010.

    Args:
        taken_at: text; what does not begin as 2013-07 does is unknown.

    >>> season, year = time(pd.Series(["2015-01-30", "30 1 2015", None]))
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


def camera(cameras: pd.Series, makers: Sequence[str]) -> Attribute:
    """Which of the makers made the camera; all zeros for another's.

    >>> values, known = camera(pd.Series(["Canon EOS 7D", "HTC One", None]), ["nikon", "canon"])
    >>> values.tolist(), known.tolist()
    ([[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]], [True, True, False])
    """
    made = maker(cameras)
    values = made.fillna("").to_numpy(object)[:, None] == np.array(makers, object)[None, :]
    return values.astype(float), made.notna().to_numpy()


def maker(cameras: pd.Series) -> pd.Series:
    """The first word of each, in small letters: all models of one maker are alike.

    >>> maker(pd.Series(["NIKON CORPORATION NIKON D90", "Nikon D40", None])).tolist()
    ['nikon', 'nikon', <NA>]
    """
    return cameras.astype("string").str.casefold().str.split(n=1).str[0]
