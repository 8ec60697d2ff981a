"""What a run of the workflow has left to train from, by its params."""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml

from phototags.errors import ModelError
from phototags.systems.tagger import BACKBONE
from phototags.training.images import TrainImages, open_images
from phototags.training.inputs import Files, Inputs, flat
from phototags.workflow.config import Params, validate_params


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
    return validate_params(functools.reduce(over, read), " with ".join(map(str, files)))


def inputs_of(params: Params, train: str, name: str, seed: int) -> Files:
    """The files that the workflow's rule `train_tagger` reads, by its names; a test compares.

    Args:
        name: of a system in train.systems.

    Raises:
        ModelError: when one is missing.
    """
    models, system = Path("models") / params.run, params.train.systems[name]
    own, start = models / train, system.source
    features = Path("data/features") / params.embed_photos.backbone.replace(":", "-") / train
    files = {
        "tags": own / "tags.parquet",
        "split": own / "split.parquet",
        "vocabulary": own / "vocabulary.tsv",
        "vectors": own / f"seed{seed}/tag_vectors.safetensors",
        "features": sorted(features.glob("*.safetensors")) or [features / "00000.safetensors"],
        "users": [own / f"users_{train}.safetensors"] if params.users else [],
        "start": [],
    }
    if system.learns_backbone:
        files["shards"] = sorted(Path(f"data/corpora/{train}/shards").glob("*.tar"))
    if start:
        learned = models / start.train / start.system / f"seed{seed}"
        names = ["model.safetensors"] + [BACKBONE] * params.train.systems[name].learns_backbone
        files["start"] = [learned / one for one in names]
    missing = [path for path in flat(files) if not path.exists()]
    if missing:
        raise ModelError(
            f"{missing[0]} should be there, but is not: run the workflow first, at least "
            f"`snakemake {missing[0]}`, in the same folder."
        )
    return files


def pictures_of_run(
    params: Params, inputs: Inputs, shards: list[Path], size: int
) -> list[TrainImages]:
    """The pictures of both parts, as rule `train_with_backbone` takes them.

    Raises:
        ArchiveError: when a shard is missing or damaged.
    """
    caps = params.corpora.max_pixels, params.corpora.max_bytes
    return open_images(inputs.parts, shards, *caps, size)
