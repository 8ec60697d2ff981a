"""The corpora that the tagger in the box learns from, over one vocabulary."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

from phototags.box.masked_logistic import KnownWords
from phototags.box.words import rename_tags
from phototags.evaluation.test_photos import photos_in_parts
from phototags.features.feature_cache import read_features
from phototags.tags.encoding import encode_tags
from phototags.tags.split import PARTS


class CorpusFiles(NamedTuple):
    """Files of a corpus: tags.parquet, split.parquet, and its features, a file per shard."""

    tags: Path | str
    split: Path | str
    features: Sequence[Path | str]


def group_files(
    names: Sequence[str],
    tags: Sequence[str],
    splits: Sequence[str],
    features: Sequence[str],
    shards: Sequence[int],
) -> dict[str, CorpusFiles]:
    """The files of each corpus from flat lists.

    Args:
        features: of all corpora, one after the other. shards: number of files of each.

    >>> group_files(["a", "b"], ["ta", "tb"], ["sa", "sb"], ["a0", "a1", "b0"], [2, 1])["b"]
    CorpusFiles(tags='tb', split='sb', features=['b0'])
    """
    ends = list(accumulate(shards))
    return {
        name: CorpusFiles(tag, split, list(features[end - count : end]))
        for name, tag, split, end, count in zip(names, tags, splits, ends, shards, strict=True)
    }


class CorpusPhotos(NamedTuple):
    """Photos of some parts of a corpus.

    Args:
        features: (N, n) float32. tags: N lists.
    """

    features: Tensor
    tags: list[list[str]]


def read_photos(files: CorpusFiles, parts: Collection[str]) -> CorpusPhotos:
    """Read the photos of these parts that have features, with or without a tag.

    Raises:
        CorpusError, ModelError: as `photos_in_parts` and `read_features`.
    """
    photos, looks = photos_in_parts(files.tags, files.split, parts), read_features(files.features)
    photos = photos[photos["row"].isin(looks.rows.tolist())]
    return CorpusPhotos(looks.select(photos["row"].tolist()), [list(of) for of in photos["tags"]])


def count_tags(photos: CorpusPhotos) -> dict[str, int]:
    """Number of photos that have each tag."""
    return dict(Counter(tag for tags in photos.tags for tag in set(tags)))


def list_known(files: CorpusFiles, names: Mapping[str, str]) -> set[str]:
    """The words that a corpus knows: those of any of its photos, by the word of each tag."""
    tags = photos_in_parts(files.tags, files.split, PARTS)["tags"]
    return {names[tag] for of in tags for tag in of if tag in names}


def scale_features(features: Tensor) -> Tensor:
    """(N, n) rows of mean square one, as the system `logistic` with `scaling: length` has them."""
    return normalize(features) * features.shape[1] ** 0.5


def encode_photos(
    photos: CorpusPhotos, names: Mapping[str, str], words: Sequence[str], known: Collection[str]
) -> KnownWords:
    """Encode photos for training or scoring.

    Args:
        names: the word of each tag. words: (T,) all words. known: those that the corpus knows.

    Returns:
        inputs scaled by `scale_features`.
    """
    vocabulary = [word for word in words if word in known]
    sets = encode_tags(rename_tags(photos.tags, names), vocabulary)
    ids = {word: number for number, word in enumerate(words)}
    return KnownWords(
        scale_features(photos.features),
        torch.tensor([ids[word] for word in vocabulary], dtype=torch.int64),
        torch.from_numpy(sets.to_multi_hot(len(vocabulary))).float(),
    )
