"""Rule `score_zero_shot`: score zero-shot search by held-out tags and by captions."""

from phototags.evaluation.zero_shot.photos import read_inputs
from phototags.evaluation.zero_shot.score import score_zero_shot
from phototags.io.logs import start_job
from phototags.io.storage import write_csv
from phototags.params.score import Score

given = start_job(snakemake)  # noqa: F821
inputs = read_inputs(given.input, given.params.encoders, given.params.blacklist)
settings = Score.model_validate_json(given.params.settings)
scores = score_zero_shot(inputs.parts, inputs.tags, inputs.encoders, inputs.foreign, settings)
write_csv(given.output.scores, scores)
