"""Rule `write_tables`: write the scores as Markdown tables."""

from phototags.evaluation.metrics.summary import read_scores
from phototags.io.logs import configure_logging
from phototags.report.tables.score_pages import write_tables

given = snakemake  # noqa: F821
configure_logging(given.log[0])

scores, tag_vectors = read_scores(given.input.scores), read_scores(given.input.tag_vectors)
write_tables(scores, tag_vectors, dict(zip(given.params.names, given.output.tables, strict=True)))
