"""Rule `write_zero_shot`: write the scores of zero-shot search as one table."""

import pandas as pd

from phototags.io.logs import start_job
from phototags.io.storage import write_csv, write_text
from phototags.report.tables.zero_shot import format_zero_shot

given = start_job(snakemake)  # noqa: F821
tables = zip(given.params.corpora, given.input.scores, strict=True)
scores = pd.concat([pd.read_csv(path).assign(train=train) for train, path in tables])
scores = scores[["train", *(name for name in scores if name != "train")]]
write_csv(given.output.scores, scores, float_format="%.6g")
write_text(given.output.table, format_zero_shot(scores))
