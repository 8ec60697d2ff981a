"""Rule `summarise_scores`: collect all scores of the run, and all drops, in one table each."""

from phototags.evaluation.metrics.drop_counts import drops_table
from phototags.evaluation.metrics.summary import metrics_tree, scores_table, tag_vectors_table
from phototags.evaluation.metrics.training_curves import losses_table
from phototags.io.logs import configure_logging
from phototags.io.storage import atomic_write, write_json

given = snakemake  # noqa: F821
configure_logging(given.log[0])

scores = scores_table(given.input.scores, given.params.jobs)
write_json(given.output.metrics, metrics_tree(scores))
for table, path in (
    (scores, given.output.scores),
    (tag_vectors_table(given.input.tag_scores, given.params.pairs), given.output.tag_vectors),
    (losses_table(given.input.histories), given.output.losses),
    (drops_table(given.input.drops), given.output.drops),
):
    with atomic_write(path) as part:
        table.to_csv(part, index=False, lineterminator="\n")
