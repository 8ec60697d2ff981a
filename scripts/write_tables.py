"""Rule `write_tables`: the scores as tables that a person reads."""

from phototags.logs import log_to
from phototags.metrics.summary import read_scores
from phototags.storage import whole
from phototags.tables.bridges import bridges
from phototags.tables.headline import headline
from phototags.tables.published import published
from phototags.tables.tag_vectors import tag_vectors

TABLES = {
    "headline": headline,
    "bridges": bridges,
    "published": published,
    "tag_vectors": tag_vectors,
}

given = snakemake  # noqa: F821
log_to(given.log[0])

scores = read_scores(given.input.scores)
others = {"tag_vectors": read_scores(given.input.tag_vectors)}
for name, path in zip(given.params.names, given.output.tables, strict=True):
    with whole(path) as part:
        part.write_text(TABLES[name](others.get(name, scores)), encoding="utf-8")
