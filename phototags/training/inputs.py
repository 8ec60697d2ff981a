"""What a training reads, by the workflow's rule `train_tagger` and outside of it alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from torch import Tensor

from phototags.features.feature_cache import read_features
from phototags.io.storage import read_tensors
from phototags.systems.bases.system import System
from phototags.systems.parts.tagged_photos import TaggedPhotos, sample_photos
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.preparation import part_of
from phototags.users.user_table import read_users

Files = Mapping[str, Path | str | Sequence[Path | str]]
"""By the names of the rule's inputs: tags, split, vocabulary and vectors are a file each;
features, users, start and shards are several, or none. Other names are passed over."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a training is given.

    Args:
        vocabulary: T tags. vectors: (T, D) float32.
        parts: the photos of `train` and of `validation`, with features.
        start: what the tagger to start from knows; None where a system starts by itself.
    """

    vocabulary: list[str]
    vectors: Tensor
    parts: tuple[TaggedPhotos, TaggedPhotos]
    start: dict[str, Tensor] | None


def read_inputs(files: Files, system: System, seed: int) -> Inputs:
    """Read what a system learns from.

    Args:
        seed: draws the photos of a system that learns from some only.

    Raises:
        ModelError: features, users or weights that are not what they should be.
    """
    vocabulary = read_vocabulary(files["vocabulary"]).tags
    tables = pd.read_parquet(files["tags"]), pd.read_parquet(files["split"])
    features, users = read_features(files["features"]), read_users(files["users"])
    known = system.user_descriptors
    train, validation = (
        part_of(part, *tables, features, vocabulary, users, known)
        for part in ("train", "validation")
    )
    return Inputs(
        vocabulary,
        read_tag_vectors(files["vectors"]),
        (sample_photos(train, system.photo_limit, seed), validation),
        read_tensors(files["start"][0])[0] if files["start"] else None,
    )


def deciding(files: Files) -> list[Path | str]:
    """Those whose content decides how the training goes, without the shards, which may be many GB.

    The features, and the perceptual hashes beside them, were made from the same pictures: where a
    picture is another, so are they.
    """
    return flat({name: of for name, of in files.items() if name != "shards"})


def flat(files: Files) -> list[Path | str]:
    """All of them, in order."""
    return [one for of in files.values() for one in ([of] if isinstance(of, Path | str) else of)]
