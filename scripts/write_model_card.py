"""Rule `write_model_card`: describe the exported tagger: its data, scores and limits."""

from pathlib import Path

from phototags.export.model_card import write_model_card
from phototags.io.logs import start_job
from phototags.params.pages import Export

job = start_job(snakemake)  # noqa: F821
export = Export.model_validate_json(job.params.export)
write_model_card(Path(job.output.card).parent, job.params.run, export, job.input.scores)
