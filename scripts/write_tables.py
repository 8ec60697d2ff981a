"""Rule `write_tables`: write the scores as Markdown tables."""

from phototags.evaluation.metrics.summary import read_scores
from phototags.io.logs import configure_logging
from phototags.io.storage import atomic_write
from phototags.report.tables.bridges import bridges
from phototags.report.tables.headline import headline
from phototags.report.tables.published import published
from phototags.report.tables.tag_completion import tag_vectors

TABLES = {
    "headline": headline,
    "bridges": bridges,
    "published": published,
    "tag_vectors": tag_vectors,
}

given = snakemake  # noqa: F821
configure_logging(given.log[0])

scores = read_scores(given.input.scores)
others = {"tag_vectors": read_scores(given.input.tag_vectors)}
for name, path in zip(given.params.names, given.output.tables, strict=True):
    with atomic_write(path) as part:
        part.write_text(TABLES[name](others.get(name, scores)), encoding="utf-8")
