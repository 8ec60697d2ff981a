"""Rule `write_tables`: the scores as tables that a person reads."""

from phototags.logs import log_to
from phototags.metrics.summary import read_scores
from phototags.storage import whole
from phototags.tables.bridges import bridges
from phototags.tables.headline import headline
from phototags.tables.published import published

TABLES = {"headline": headline, "bridges": bridges, "published": published}

given = snakemake  # noqa: F821
log_to(given.log[0])

scores = read_scores(given.input.scores)
for name, path in zip(given.params.names, given.output.tables, strict=True):
    with whole(path) as part:
        part.write_text(TABLES[name](scores), encoding="utf-8")
