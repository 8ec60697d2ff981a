"""Rule `write_tables`: write the scores as Markdown tables."""

from phototags.evaluation.metrics.summary import read_scores
from phototags.io.logs import start_job
from phototags.report.tables.score_pages import write_tables

given = start_job(snakemake)  # noqa: F821

scores, tag_vectors = read_scores(given.input.scores), read_scores(given.input.tag_vectors)
paths = dict(zip(given.params.names, given.output.tables, strict=True))
write_tables(scores, tag_vectors, paths, given.params.backbone)
