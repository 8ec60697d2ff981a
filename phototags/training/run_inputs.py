"""What a run of the workflow has left to train from, by its params."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import yaml
from torch import Tensor

from phototags.config import Params, validate
from phototags.embeddings.tag_vectors import read_tag_vectors
from phototags.errors import ModelError
from phototags.features.cache import read_features
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.photo_feed import Pictures, pictures_of
from phototags.training.photos import TaggedPhotos
from phototags.training.preparation import part_of


@dataclass(frozen=True, eq=False)
class RunInputs:
    """A training's inputs: what rule `train_tagger` reads, and where the pictures are.

    Args:
        vocabulary: T tags. vectors: (T, D) float32.
        parts: the photos of `train` and of `validation`, with features.
        tags: columns row, photo_id, tags, of all photos.
        files: what was read.
    """

    vocabulary: list[str]
    vectors: Tensor
    parts: tuple[TaggedPhotos, TaggedPhotos]
    tags: pd.DataFrame
    files: list[Path]


def merged(files: list[Path], said: Mapping = MappingProxyType({})) -> Params:
    """params.yaml with presets over it, as Snakemake's --configfile lays them.

    Args:
        said: what a command line says over all of them.
    """

    def over(base: dict, top: dict) -> dict:
        both = {key: over(base[key], top[key]) for key in base.keys() & top.keys()
                if isinstance(base[key], dict) and isinstance(top[key], dict)}  # fmt: skip
        return base | top | both

    read = [yaml.safe_load(file.read_text()) for file in files] + [dict(said)]
    return validate(functools.reduce(over, read), " with ".join(map(str, files)))


def inputs_of(params: Params, train: str, seed: int) -> dict[str, list[Path]]:
    """The files that the workflow's rule `train_tagger` reads.

    Raises:
        ModelError: when one is missing.
    """
    models = Path("models") / params.run / train
    features = Path("data/features") / params.embed_photos.backbone.replace(":", "-") / train
    files = {
        "tags": [models / "tags.parquet"],
        "split": [models / "split.parquet"],
        "vocabulary": [models / "vocabulary.tsv"],
        "vectors": [models / f"seed{seed}/tag_vectors.safetensors"],
        "features": sorted(features.glob("*.safetensors")) or [features / "00000.safetensors"],
    }
    missing = [path for paths in files.values() for path in paths if not path.exists()]
    if missing:
        raise ModelError(
            f"{missing[0]} should be there, but is not: run the workflow first, at least "
            f"`snakemake {missing[0]}`, in the same folder."
        )
    return files


def read_inputs(params: Params, train: str, seed: int) -> RunInputs:
    """Read what the workflow left.

    Raises:
        ModelError: when a file is missing.
    """
    files = inputs_of(params, train, seed)
    vocabulary = read_vocabulary(files["vocabulary"][0]).tags
    tags, split = (pd.read_parquet(files[name][0]) for name in ("tags", "split"))
    features = read_features(files["features"])
    return RunInputs(
        vocabulary,
        read_tag_vectors(files["vectors"][0]),
        tuple(part_of(part, tags, split, features, vocabulary) for part in ("train", "validation")),
        tags,
        [path for paths in files.values() for path in paths],
    )


def pictures_of_run(params: Params, train: str, inputs: RunInputs, size: int) -> list[Pictures]:
    """The pictures of both parts, as rule `train_with_backbone` takes them.

    Raises:
        ArchiveError: when a shard is missing or damaged.
    """
    shards = sorted(Path(f"data/corpora/{train}/shards").glob("*.tar"))
    caps = params.corpora.max_pixels, params.corpora.max_bytes
    return pictures_of(inputs.parts, inputs.tags, shards, *caps, size)
