"""Rule `plot_scores`: plot the scores with their intervals, and the training curves."""

import pandas as pd

from phototags.evaluation.metrics.summary import read_scores
from phototags.io.logs import start_job
from phototags.report.figures.loss_curves import plot_losses
from phototags.report.figures.score_panels import plot_scores

given = start_job(snakemake)  # noqa: F821

scores, losses = given.output.figures
plot_scores(read_scores(given.input.scores), scores)
plot_losses(pd.read_csv(given.input.losses), losses)
