"""Rule `score_probabilities`: score the exported tagger's probabilities on test photos."""

from pathlib import Path

from phototags.evaluation.score_probabilities import score_probabilities
from phototags.io.logs import start_job
from phototags.io.storage import write_csv, write_text
from phototags.report.figures.reliability import plot_reliability
from phototags.report.tables.probabilities import format_probabilities_page

job = start_job(snakemake)  # noqa: F821
files, output = job.input, job.output
found = score_probabilities(Path(files.model).parent, files.tags, files.split, files.features)
tables = [table.round(6) for table in found]
for table, path in zip(tables, (output.reliability, output.cuts), strict=True):
    write_csv(path, table)
write_text(output.table, format_probabilities_page(*tables))
plot_reliability(tables[0], output.figure)
