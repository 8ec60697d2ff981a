"""Photos of a corpus with what zero-shot search learns from and is scored on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.errors import CorpusError
from phototags.evaluation.metrics.resamples import number_users
from phototags.evaluation.zero_shot.cut import COMMON, list_foreign_words
from phototags.features.feature_cache import read_features
from phototags.photos.photo_table import read_photos
from phototags.tag_vectors.text_encoders import TextEncoder, load_text_encoder
from phototags.tag_vectors.text_vectors import list_common_words
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import find_shown, read_vocabulary

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Photos:
    """Photos of one part of the split.

    Args:
        features: (n, F) float32. relevant: (n, T) bool, the tags of each.
        captions: C texts. owners: (C,) int64, the photo of each, ascending.
        user_numbers: (n,) int64 of `number_users`; None where each photo is another user's.
    """

    features: NDArray[np.float32]
    relevant: NDArray[np.bool_]
    captions: Sequence[str]
    owners: NDArray[np.int64]
    user_numbers: NDArray[np.int64] | None = None

    @property
    def users(self) -> NDArray[np.int64]:
        """(n,) the number of each photo's user."""
        return np.arange(len(self.features)) if self.user_numbers is None else self.user_numbers

    def select_tags(self, tags: NDArray) -> Photos:
        """The same photos with some of the tags only."""
        return replace(self, relevant=self.relevant[:, tags])

    def select_captioned(self, limit: int | None = None) -> Photos:
        """The photos that have a caption, at most the first `limit`."""
        kept = np.unique(self.owners)[:limit]
        chosen = np.isin(self.owners, kept)
        return Photos(
            self.features[kept],
            self.relevant[kept],
            [caption for caption, mine in zip(self.captions, chosen, strict=True) if mine],
            np.searchsorted(kept, self.owners[chosen]),
            self.users[kept],
        )

    @property
    def first_captions(self) -> list[str]:
        """(n,) the first caption of each photo, where each has one."""
        places = np.unique(self.owners, return_index=True)[1]
        return [self.captions[place] for place in places]


def read_parts(
    features: Iterable[Path | str],
    tags: Path | str,
    split: Path | str,
    photos: Path | str | None,
    vocabulary: Sequence[str],
) -> dict[str, Photos]:
    """Read the photos of each part that have features and a tag of the vocabulary.

    Args:
        photos: photos.parquet, whose descriptions are captions, one a line; None reads none.

    Raises:
        CorpusError: when a part has no photo.
    """
    known = read_features(features)
    table = pd.read_parquet(tags).merge(pd.read_parquet(split)[["row", "part"]], on="row")
    table = table[table["row"].isin(known.rows.numpy())].sort_values("row")
    texts = read_photos(photos).set_index("row")["description"].fillna("") if photos else {}
    return {part: _select(table[table["part"] == part], part, known, vocabulary, texts)
            for part in PARTS}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the rules of zero-shot search read.

    Args:
        parts: of `read_parts`. tags: the T tags of their columns.
        encoders: loaded. foreign: words that the corpus' texts never use.
    """

    parts: dict[str, Photos]
    tags: list[str]
    encoders: list[TextEncoder]
    foreign: list[str]


def read_inputs(files: Any, encoders: Sequence[str], blacklist: str | None) -> Inputs:
    """Read the inputs of a rule of zero-shot search.

    Args:
        files: `features`, `tags`, `split`, `vocabulary`, and lists of no or one file: `captions`
            (photos.parquet), `weights` (of MiniLM).
        blacklist: regular expression of whole tags that mean nothing, as `export.blacklist`.
    """
    vocabulary = read_vocabulary(files.vocabulary).tags
    tags = [vocabulary[place] for place in find_shown(vocabulary, blacklist)]
    captions = files.captions[0] if files.captions else None
    parts = read_parts(files.features, files.tags, files.split, captions, tags)
    written = pd.read_parquet(files.tags, columns=["tags"])["tags"]
    texts = [" ".join(of) for of in written] + [
        caption for part in parts.values() for caption in part.captions
    ]
    folder = Path(files.weights[0]).parent if files.weights else None
    loaded = [load_text_encoder(name, folder) for name in encoders]
    return Inputs(parts, tags, loaded, list_foreign_words(list_common_words(COMMON), texts))


def _select(table: pd.DataFrame, part: str, known, vocabulary: Sequence[str], texts) -> Photos:
    relevant = encode_tags(table["tags"], vocabulary).to_multi_hot(len(vocabulary))
    tagged = relevant.any(axis=1)
    if not tagged.any():
        raise CorpusError(
            f"the {part} part should have photos with features and a tag of the vocabulary, but "
            f"of its {len(table)} photos none has. Look at split.parquet and vocabulary.tsv."
        )
    rows = table.loc[tagged, "row"].tolist()
    captions = [split_captions(texts.get(row, "")) for row in rows]
    owners = np.repeat(np.arange(len(rows)), [len(own) for own in captions])
    flat = [caption for own in captions for caption in own]
    users = number_users(table.loc[tagged, "user_id"])
    return Photos(known.select(rows).numpy(), relevant[tagged], flat, owners, users)


def split_captions(description: str) -> list[str]:
    """Split a description into captions, one a line; empty lines are left out.

    >>> split_captions("A dog runs .\\n\\nTwo dogs .")
    ['A dog runs .', 'Two dogs .']
    """
    return [line.strip() for line in description.splitlines() if line.strip()]
