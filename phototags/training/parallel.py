"""Train one system on several processes, machines or GPUs at once.

    torchrun --nproc-per-node 2 -m phototags.training.parallel im2vec --train openclipart \\
        --seed 0 --to FOLDER [--params params.yaml presets/photos.yaml]

Reads what a run of the workflow has left in data/ and models/ and writes model.safetensors,
config.json and history.csv to FOLDER, the workflow's own models untouched. The workflow trains
each system in one process, and several systems at once.
"""

import argparse
import functools
import logging
from pathlib import Path

import pandas as pd
import torch
import torch.distributed as dist
import yaml

from phototags.config import Params, validate
from phototags.embeddings.tag_vectors import read_tag_vectors
from phototags.errors import ModelError, ParamsError
from phototags.features.cache import read_features
from phototags.taggers.tagger import save
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.assembly import train
from phototags.training.checkpoints import SECONDS, fingerprint_of
from phototags.training.loop import Around
from phototags.training.preparation import described, part_of, write_history
from phototags.training.sharing import SharedCheckpoint, judged_once, share_photos


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("system", help="name of a system in train.systems")
    parser.add_argument("--train", required=True, help="training corpus")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=Path, required=True, help="folder to write")
    parser.add_argument("--params", type=Path, nargs="+", default=[Path("params.yaml")])
    return parser.parse_args()


def merged(files: list[Path]) -> Params:
    """params.yaml with presets over it, as Snakemake's --configfile lays them."""

    def over(base: dict, top: dict) -> dict:
        both = {key: over(base[key], top[key]) for key in base.keys() & top.keys()
                if isinstance(base[key], dict) and isinstance(top[key], dict)}  # fmt: skip
        return base | top | both

    read = [yaml.safe_load(file.read_text()) for file in files]
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


def main() -> None:
    """Train and write; the first process speaks and writes for all."""
    given = arguments()
    logging.basicConfig(level=logging.INFO if not dist.get_rank() else logging.ERROR)
    params = merged(given.params)
    if given.system not in params.train.systems:
        raise ParamsError(
            f"train.systems has no {given.system!r}, but: {', '.join(params.train.systems)}."
        )
    system, files = params.train.systems[given.system], inputs_of(params, given.train, given.seed)
    vocabulary = read_vocabulary(files["vocabulary"][0]).tags
    tables = (pd.read_parquet(files[name][0]) for name in ("tags", "split"))
    tables, features = tuple(tables), read_features(files["features"])
    parts = [part_of(name, *tables, features, vocabulary) for name in ("train", "validation")]

    settings = [system.model_dump(), given.seed, dist.get_world_size()]
    read = (path for paths in files.values() for path in paths)
    fingerprint = fingerprint_of(read, {"settings": settings})
    checkpoint = SharedCheckpoint(given.to / "checkpoint.safetensors", fingerprint, SECONDS)
    around = Around(checkpoint, prepare=share_photos, judged=judged_once)
    vectors = read_tag_vectors(files["vectors"][0])
    tagger, history = train(system, *parts, vectors, given.seed, around)
    if not dist.get_rank():
        names = {"backbone": params.embed_photos.backbone, "train": given.train}
        config = described(system, *parts, vocabulary) | names | {"seed": given.seed}
        save(tagger, config, given.to)
        write_history(given.to / "history.csv", history)
    checkpoint.remove()


if __name__ == "__main__":
    torch.set_num_threads(1)
    dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        main()
    finally:
        dist.destroy_process_group()
