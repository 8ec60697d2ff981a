"""Rule `train_tagger`: fit one system on one corpus with one seed."""

from pathlib import Path

import torch
from pydantic import TypeAdapter

from phototags.logs import log_to
from phototags.systems import System
from phototags.taggers.tagger import save
from phototags.training.assembly import train
from phototags.training.checkpoints import SECONDS, Checkpoint, fingerprint_of
from phototags.training.inputs import read_inputs
from phototags.training.live import LiveCurves
from phototags.training.loop import Around
from phototags.training.preparation import described, write_history

given = snakemake  # noqa: F821
log_to(given.log[0])
torch.set_num_threads(1)  # several would add up in another order
system = TypeAdapter(System).validate_json(given.params.system)

inputs = read_inputs(dict(given.input.items()), system, given.params.seed)
fingerprint = fingerprint_of(given.input, dict(given.params.items()))
checkpoint = Checkpoint(Path("checkpoints") / given.output.model, fingerprint, SECONDS)
live = LiveCurves(Path("live") / Path(given.output.model).relative_to("models").parent)
settled = given.params.seed, Around(checkpoint, live), inputs.start
tagger, history = train(system, *inputs.parts, inputs.vectors, *settled)
names = {"backbone": given.params.backbone, "train": given.wildcards.train}
config = described(system, *inputs.parts, inputs.vocabulary) | names | {"seed": given.params.seed}
save(tagger, config, Path(given.output.model).parent)
write_history(given.output.history, history)
checkpoint.remove()
