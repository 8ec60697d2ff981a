"""Rule `train_with_backbone`: train one system and its backbone on one corpus with one seed."""

from pathlib import Path

import torch

from phototags.features.networks import load_network
from phototags.io.logs import configure_logging
from phototags.systems.registry import parse_system
from phototags.training.end_to_end import train_end_to_end
from phototags.training.images import open_images
from phototags.training.inputs import read_inputs
from phototags.training.outputs import around_job, write_trained

given = snakemake  # noqa: F821
configure_logging(given.log[0])
torch.set_num_threads(1)  # several would add up in another order
system = parse_system(given.params.system)
files, seed, model = dict(given.input.items()), given.params.seed, Path(given.output.model)
inputs = read_inputs(files, system, seed)
network = load_network(given.params.backbone, *given.input.start[1:])
lookup = given.input.shards, *given.params.caps, network.size
shown = zip(inputs.parts, open_images(inputs.parts, *lookup), strict=True)
around = around_job(model, files, dict(given.params.items()), given.threads)
trained = train_end_to_end(system, *shown, inputs.vectors, network, seed, around, inputs.start)
about = {"backbone": given.params.backbone, "train": given.wildcards.train, "seed": seed}
write_trained(model.parent, trained, system, inputs, about, network.module)
around.checkpoint.remove()
