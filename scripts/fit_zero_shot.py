"""Rule `fit_zero_shot`: fit the zero-shot model beside the exported tagger."""

from phototags.evaluation.zero_shot.fit import fit_best
from phototags.evaluation.zero_shot.photos import read_inputs
from phototags.io.logs import start_job
from phototags.tag_vectors.zero_shot_model import write_zero_shot

given = start_job(snakemake)  # noqa: F821
inputs = read_inputs(given.input, given.params.encoders, given.params.blacklist)
model = fit_best(inputs.parts, inputs.tags, inputs.encoders[0], inputs.foreign)
write_zero_shot(model, given.output.model)
