"""Rule `plot_scores`: plot the scores with their intervals, and the training curves."""

import pandas as pd

from phototags.evaluation.metrics.summary import read_scores
from phototags.io.logs import configure_logging
from phototags.report.figures.loss_curves import plot_losses
from phototags.report.figures.score_panels import plot_scores

given = snakemake  # noqa: F821
configure_logging(given.log[0])

scores, losses = given.output.figures
plot_scores(read_scores(given.input.scores), scores)
plot_losses(pd.read_csv(given.input.losses), losses)
