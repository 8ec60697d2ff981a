"""What a training reads: vocabulary, tag vectors, and the photos of two parts of the split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phototags.features.feature_cache import Features, read_features
from phototags.io.storage import read_tensors
from phototags.systems.parts.tagged_photos import TaggedPhotos, sample_photos, select_tagged
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.job import TrainJob
from phototags.users.user_table import UserTable, append_user_features, read_users

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

    from phototags.systems.bases.system import System


@dataclass(frozen=True, eq=False)
class TrainInputs:
    """What a training is given.

    Args:
        vocabulary: T tags. tag_vectors: (T, D) float32.
        parts: the photos of `train` and of `validation`, with features.
        source: tensors of the tagger that the system initialises from; None where there is none.
    """

    vocabulary: list[str]
    tag_vectors: Tensor
    parts: tuple[TaggedPhotos, TaggedPhotos]
    source: dict[str, Tensor] | None


def read_inputs(job: TrainJob, system: System) -> TrainInputs:
    """Read what a system learns from.

    Args:
        job: its seed samples the photos of a system that learns from some only.

    Raises:
        ModelError: features, users or weights that are not what they should be.
    """
    import pandas as pd

    files = job.inputs
    vocabulary = read_vocabulary(files["vocabulary"]).tags
    tables = pd.read_parquet(files["tags"]), pd.read_parquet(files["split"])
    features, users = read_features(files["features"]), read_users(files["users"])
    descriptors = system.user_descriptors
    train, validation = (
        select_photos(part, *tables, features, vocabulary, users, descriptors)
        for part in ("train", "validation")
    )
    return TrainInputs(
        vocabulary,
        read_tag_vectors(files["vectors"]),
        (sample_photos(train, system.photo_limit, job.seed), validation),
        read_tensors(files["start"][0])[0] if files["start"] else None,
    )


def select_photos(
    part: str,
    tags: pd.DataFrame,
    split: pd.DataFrame,
    features: Features,
    vocabulary: Sequence[str],
    users: UserTable | None = None,
    descriptors: Sequence[str] = (),
) -> TaggedPhotos:
    """Select the photos of one part of the split that have features and a known tag.

    Args:
        part: `train` or `validation`; test photos must not be asked for here.
        tags: columns row, photo_id, tags. split: columns row, part.
        vocabulary: the T tags by number.
        users: photos that are their user's history are left out; None where there is none.
        descriptors: of the photo's user, to append to the features.
    """
    if part == "test":
        raise ValueError("training never sees test photos")
    photos = tags.merge(split[["row", "part"]], on="row", validate="one_to_one")
    photos = photos[(photos["part"] == part) & photos["row"].isin(features.rows.numpy())]
    if users:
        photos = photos[users.scored_mask(photos["row"])]
    sets, rows = encode_tags(photos["tags"], vocabulary), photos["row"].tolist()
    inputs = append_user_features(features.select(rows), rows, users, descriptors)
    chosen = select_tagged(photos["photo_id"].tolist(), rows, inputs, sets)
    return replace(chosen, n_user_features=inputs.shape[1] - features.matrix.shape[1])
