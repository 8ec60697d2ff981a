"""Rule `train_tagger`: train one system on one corpus with one seed."""

from pathlib import Path

import torch

from phototags.io.logs import configure_logging
from phototags.systems.registry import parse_system
from phototags.training.inputs import read_inputs
from phototags.training.outputs import around_job, write_trained
from phototags.training.train import train

given = snakemake  # noqa: F821
configure_logging(given.log[0])
torch.set_num_threads(1)  # several would add up in another order
system = parse_system(given.params.system)
files, seed, model = dict(given.input.items()), given.params.seed, Path(given.output.model)
inputs = read_inputs(files, system, seed)
around = around_job(model, files, dict(given.params.items()))
trained = train(system, *inputs.parts, inputs.vectors, seed, around, inputs.start)
about = {"backbone": given.params.backbone, "train": given.wildcards.train, "seed": seed}
write_trained(model.parent, trained, system, inputs, about)
around.checkpoint.remove()
