"""Train one system outside the workflow: on several processes or GPUs, its backbone too.

    torchrun --nproc-per-node 2 -m phototags.training.distributed.parallel im2vec \\
        --train openclipart --seed 0 --to FOLDER [--params params.yaml presets/photos.yaml]
    python -m phototags.training.distributed.parallel im2vec --train openclipart --to FOLDER \\
        --backbone trained --device cuda --precision bf16 --compile --loaders 8

Reads what a run of the workflow has left in data/ and models/ and writes model.safetensors,
config.json, history.csv and, where the backbone learned, backbone.safetensors to FOLDER, the
workflow's own models untouched. The workflow trains each system in one process, and several
systems at once. What is not said of the backbone and of computing is as in params.
"""

import argparse
import functools
import logging
import os
from pathlib import Path

import pandas as pd
import torch
import torch.distributed as dist
from torch import nn

import phototags
from phototags.errors import ParamsError
from phototags.features.networks import load_network
from phototags.systems.bases.gradient import GradientSystem
from phototags.systems.tagger import Tagger
from phototags.training.checkpoints import MIN_SECONDS, Checkpoint, compute_fingerprint
from phototags.training.context import TrainContext
from phototags.training.distributed.sharded_tags import (
    ShardedCheckpoint,
    ShardedTagger,
    evaluate_by_shard,
    gather_tagger,
)
from phototags.training.distributed.shared_batches import (
    SharedCheckpoint,
    evaluate_on_first,
    part_of_process,
    share_photos,
)
from phototags.training.end_to_end import train_end_to_end
from phototags.training.inputs import Files, Inputs, deciding, read_inputs
from phototags.training.outputs import write_trained
from phototags.training.run_inputs import inputs_of, merged, pictures_of_run
from phototags.training.train import train
from phototags.workflow.config import Params

ON_GPU = "cpu:gloo,cuda:nccl"


def arguments() -> argparse.Namespace:
    """What is asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("system", help="name of a system in train.systems")
    parser.add_argument("--train", required=True, help="training corpus")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=Path, required=True, help="folder to write")
    parser.add_argument("--params", type=Path, nargs="+", default=[Path("params.yaml")])
    parser.add_argument("--backbone", choices=["frozen", "trained"])
    parser.add_argument("--device", help="cpu, cuda (each process its own) or cuda:1")
    parser.add_argument("--tag-table", choices=["device", "host"], help="where the tag table lies")
    parser.add_argument("--precision", choices=["fp32", "bf16"], help="of a trained backbone")
    parser.add_argument("--decode-on", choices=["host", "device"], help="where they are decoded")
    parser.add_argument("--compile", action="store_true", default=None, help="by torch.compile")
    parser.add_argument("--loader-threads", type=int, help="threads that decode pictures")
    parser.add_argument(
        "--shard-tags", action="store_true", help="a part of the tag table on each process"
    )
    return parser.parse_args()


def main() -> None:
    """Train and write; the first process speaks and writes for all."""
    given, first = arguments(), not process()
    logging.basicConfig(level=logging.INFO if first else logging.ERROR)
    known = merged(given.params).train.systems
    if given.system not in known:
        raise ParamsError(f"train.systems has no {given.system!r}, but: {', '.join(known)}.")
    params = merged(given.params, said(given))
    system = params.train.systems[given.system]
    files = inputs_of(params, given.train, given.system, given.seed)
    inputs = read_inputs(files, system, given.seed)
    if given.shard_tags:
        refuse_to_shard(system, len(inputs.vectors))
    context, backbone = context_of(given, params, files, inputs), None
    if system.learns_backbone:
        trained, backbone = with_backbone(given, params, files, inputs, context)
    else:
        trained = train(system, *inputs.parts, inputs.vectors, given.seed, context, inputs.start)
    if given.shard_tags:
        trained = gather_tagger(trained[0], len(inputs.vectors)), trained[1]
    if first:
        about = {"backbone": params.embed_photos.backbone}
        about |= {"train": given.train, "seed": given.seed}
        write_trained(given.to, trained, system, inputs, about, backbone)
    context.checkpoint.remove()


def said(given: argparse.Namespace) -> dict:
    """What the command line says in the place of params."""
    names = ("device", "tag_table", "precision", "compile", "decode_on", "loader_threads")
    compute = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    systems = {given.system: {"backbone": given.backbone}} if given.backbone else {}
    return {"train": {"compute": compute, "systems": systems}}


def context_of(
    given: argparse.Namespace, params: Params, files: Files, inputs: Inputs
) -> TrainContext:
    """A checkpoint in the folder, who shares the photos, and who the tag table; each its GPU."""
    place = given.to / "checkpoint.safetensors", fingerprint(given, params, files), MIN_SECONDS
    compute = params.train.compute
    if compute.device == "cuda":
        own = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
        compute = compute.model_copy(update={"device": own})
    if given.shard_tags:
        has = inputs.parts[1].counts(len(inputs.vectors)) > 0
        parts = {
            "wrap_tagger": ShardedTagger,
            "wrap_evaluate": evaluate_by_shard(has),
            "compute": compute,
        }
        return TrainContext(ShardedCheckpoint(*place), on_start=share_photos, **parts)
    if processes() == 1:
        return TrainContext(Checkpoint(*place), compute=compute)
    shared = {"on_start": share_photos, "wrap_evaluate": evaluate_on_first, "compute": compute}
    return TrainContext(SharedCheckpoint(*place), **shared)


def fingerprint(given: argparse.Namespace, params: Params, files: Files) -> str:
    """Of all that decides how the training goes; the number of processes rounds otherwise."""
    system = params.train.systems[given.system]
    settings = {"system": system.model_dump(), "seed": given.seed, "processes": processes()}
    compute = params.train.compute.model_dump(exclude={"loader_threads"})
    settings["compute"] = {key: compute[key] for key in ("device", "tag_table")}
    if system.learns_backbone:
        settings["compute"] = compute
        settings["backbone"] = params.embed_photos.backbone
        settings["caps"] = [params.corpora.max_pixels, params.corpora.max_bytes]
    code = sorted(Path(phototags.__file__).parent.rglob("*.py"))
    return compute_fingerprint([*deciding(files), *code], settings)


def refuse_to_shard(system: GradientSystem, tags: int) -> None:
    """Raise the ParamsError of a table that cannot be in parts, or need not be."""
    if not system.can_shard_tags:
        raise ParamsError(
            f"--shard-tags is for im2vec and fast0tag, which score a few tags a step, but model is "
            f"{system.model}, which scores all. Leave it out."
        )
    if system.learns_backbone and system.batch_norm == "batch":
        raise ParamsError(
            "--shard-tags with backbone: trained needs batch_norm: frozen, or each process would "
            "judge its tags by batch statistics of its own. Say so in the system's settings."
        )
    if not 1 < processes() <= tags:
        raise ParamsError(
            f"--shard-tags needs from 2 to {tags} processes, one tag at least for each, but runs "
            f"on {processes()}. Start it by torchrun with --nproc-per-node."
        )


def with_backbone(
    given: argparse.Namespace, params: Params, files: Files, inputs: Inputs, context: TrainContext
) -> tuple[tuple[Tagger, pd.DataFrame], nn.Module]:
    """Train the network as well, on the pictures themselves."""
    network = load_network(params.embed_photos.backbone, *files["start"][1:])
    pictures = pictures_of_run(params, inputs, files["shards"], network.size)
    trained = train_end_to_end(
        params.train.systems[given.system],
        *zip(inputs.parts, pictures, strict=True),
        inputs.vectors,
        network,
        given.seed,
        context,
        inputs.start,
        functools.partial(part_of_process, process=process(), processes=processes()),
    )
    return trained, network.module


def process() -> int:
    """The number of this process among those that torchrun started."""
    return dist.get_rank() if dist.is_initialized() else 0


def processes() -> int:
    """How many torchrun started; one without it."""
    return dist.get_world_size() if dist.is_initialized() else 1


if __name__ == "__main__":
    torch.set_num_threads(1)
    if "RANK" in os.environ:
        dist.init_process_group(ON_GPU if torch.cuda.is_available() else "gloo")
    try:
        main()
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()
