"""Rule `write_model_card`: describe the exported tagger: its data, scores and limits."""

from pathlib import Path

import pandas as pd

from phototags.export.model_card import write_model_card
from phototags.io.logs import start_job
from phototags.params.pages import Export

job = start_job(snakemake)  # noqa: F821
export = Export.model_validate_json(job.params.export)
files = job.input
held_out = pd.read_csv(files.reliability), pd.read_csv(files.cuts)
given = job.params.run, export, files.scores, held_out
write_model_card(Path(job.output.card).parent, *given, choice=next(iter(files.choice), None))
