"""Rule `summarise_scores`: collect all scores of the run, and all drops, in one table each."""

from phototags.evaluation.metrics.run_tables import collect_training_curves, count_drops
from phototags.evaluation.metrics.summary import (
    nest_metrics,
    summarise_scores,
    summarise_tag_vectors,
)
from phototags.io.logs import start_job
from phototags.io.storage import write_csv, write_json

given = start_job(snakemake)  # noqa: F821

scores = summarise_scores(given.input.scores, given.params.jobs)
write_json(given.output.metrics, nest_metrics(scores))
for table, path in (
    (scores, given.output.scores),
    (summarise_tag_vectors(given.input.tag_scores, given.params.pairs), given.output.tag_vectors),
    (collect_training_curves(given.input.histories, given.params.taggers), given.output.losses),
    (count_drops(given.input.drops), given.output.drops),
):
    write_csv(path, table)
