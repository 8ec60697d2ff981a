"""Rule `measure_learnability`: how well the exported tagger knows each tag."""

from pathlib import Path

from phototags.evaluation.tag_learnability import measure_learnability
from phototags.io.logs import start_job
from phototags.io.storage import write_csv
from phototags.params.score import Score

job = start_job(snakemake)  # noqa: F821
files, settings = job.input, Score.model_validate_json(job.params.settings)
made_of = files.candidates, files.tags, files.split, files.features
table = measure_learnability(Path(files.model).parent, *made_of, settings)
write_csv(job.output.table, table.round(6))
