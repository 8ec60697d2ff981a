"""Rule `score_probabilities`: score the exported tagger's probabilities on test photos."""

from pathlib import Path

from phototags.evaluation.score_probabilities import score_probabilities
from phototags.io.logs import start_job
from phototags.io.storage import atomic_write
from phototags.report.figures.reliability import plot_reliability
from phototags.report.tables.probabilities import format_probabilities_page

job = start_job(snakemake)  # noqa: F821
files, output = job.input, job.output
tables = score_probabilities(Path(files.model).parent, files.tags, files.split, files.features)
for table, path in zip(tables, (output.reliability, output.cuts), strict=True):
    with atomic_write(path) as part:
        table.round(6).to_csv(part, index=False)
with atomic_write(output.table) as part:
    part.write_text(format_probabilities_page(*tables), encoding="utf-8")
plot_reliability(tables[0], output.figure)
