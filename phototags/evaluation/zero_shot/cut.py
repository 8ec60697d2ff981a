"""Choose the cosine below which a photo is not shown, so that foreign words find nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from phototags.tag_vectors.zero_shot_model import ZeroShot

REFUSED = 0.95  # share of foreign words that find no photo
COMMON = 12_000  # words of a frequency list to take foreign ones from
WORD = re.compile(r"[^\W\d_]{3,}")
MIN_LETTERS, STEM = 4, 5
LIMIT = 1_000


def list_foreign_words(common: Sequence[str], texts: Iterable[str]) -> list[str]:
    """List common words that the texts of a corpus never use, so that its photos hold none.

    Words that begin with the first five letters of a word of the texts, or with all of a shorter
    one, are left out: they may be other forms of it.

    Args:
        common: lower-case words, the most frequent first; the first 12,000 are considered.
        texts: tags or captions of all photos, test photos among them.

    Returns:
        at most 1,000, evenly spaced among those found.

    >>> list_foreign_words(["dog", "dogs", "parliament", "x2", "running"], ["A dog run"])
    ['parliament']
    """
    stems = {word[:STEM] for text in texts for word in WORD.findall(text.lower())}
    found = [
        word
        for word in common[:COMMON]
        if word.isalpha() and len(word) >= MIN_LETTERS
        if not any(word[:length] in stems for length in range(3, STEM + 1))
    ]
    return found[:: max(1, -(-len(found) // LIMIT))]


def choose_cut(model: ZeroShot, features: NDArray, foreign: NDArray) -> float:
    """Choose the cosine that the best photos of 95 % of the foreign words do not reach.

    Args:
        features: (n, F), of photos not to be tested on; about as many as will be searched.
        foreign: (m, E), text vectors of foreign words.
    """
    return float(np.quantile(model.score(features, foreign).max(axis=0), REFUSED))
