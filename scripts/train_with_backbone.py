"""Rule `train_with_backbone`: fit one system on one corpus with one seed, its backbone too."""

from pathlib import Path

import torch
from pydantic import TypeAdapter

from phototags.config import Compute
from phototags.features.backbones import load_network
from phototags.logs import log_to
from phototags.systems import System
from phototags.taggers.tagger import save
from phototags.training.checkpoints import SECONDS, Checkpoint, fingerprint_of
from phototags.training.end_to_end import train_end_to_end
from phototags.training.inputs import read_inputs
from phototags.training.live import LiveCurves
from phototags.training.loop import Around
from phototags.training.photo_feed import pictures_of
from phototags.training.preparation import described, write_history

given = snakemake  # noqa: F821
log_to(given.log[0])
torch.set_num_threads(1)  # several would add up in another order
system = TypeAdapter(System).validate_json(given.params.system)
seed, model = given.params.seed, Path(given.output.model)
inputs = read_inputs(dict(given.input.items()), system, seed)
network = load_network(given.params.backbone, *given.input.start[1:])
lookup = inputs.rows, given.input.shards, *given.params.caps, network.size
shown = zip(inputs.parts, pictures_of(inputs.parts, *lookup), strict=True)
fingerprint = fingerprint_of(given.input, dict(given.params.items()))
checkpoint = Checkpoint(Path("checkpoints") / model, fingerprint, SECONDS)
around = Around(checkpoint, LiveCurves(Path("live") / model.relative_to("models").parent))
compute = Compute(**given.params.compute, loaders=given.threads)
way = inputs.vectors, network, seed, compute, around
tagger, history = train_end_to_end(system, *shown, *way, start=inputs.start)
about = {"backbone": given.params.backbone, "train": given.wildcards.train, "seed": seed}
config = described(system, *inputs.parts, inputs.vocabulary) | about
save(tagger, config, model.parent, network.module)
write_history(given.output.history, history)
checkpoint.remove()
