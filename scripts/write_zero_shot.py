"""Rule `write_zero_shot`: write the scores of zero-shot search as one table."""

import pandas as pd

from phototags.io.logs import start_job
from phototags.io.storage import atomic_write
from phototags.report.tables.zero_shot import format_zero_shot

given = start_job(snakemake)  # noqa: F821
tables = zip(given.params.corpora, given.input.scores, strict=True)
scores = pd.concat([pd.read_csv(path).assign(train=train) for train, path in tables])
scores = scores[["train", *(name for name in scores if name != "train")]]
with atomic_write(given.output.scores) as part:
    scores.to_csv(part, index=False, float_format="%.6g")
with atomic_write(given.output.table) as part:
    part.write_text(format_zero_shot(scores), encoding="utf-8")
