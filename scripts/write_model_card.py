"""Rule `write_model_card`: describe the exported tagger: its data, scores and limits."""

from pathlib import Path

from phototags.export.model_card import write_model_card
from phototags.io.logs import configure_logging
from phototags.params.pages import Export

job = snakemake  # noqa: F821
configure_logging(job.log[0])
export = Export.model_validate_json(job.params.export)
write_model_card(Path(job.output.card).parent, job.params.run, export, job.input.scores)
