"""Rule `plot_scores`: scores with their intervals, and the curves of training."""

import pandas as pd

from phototags.figures.curves import plot_losses
from phototags.figures.scores import plot_scores
from phototags.logs import log_to
from phototags.metrics.summary import read_scores

given = snakemake  # noqa: F821
log_to(given.log[0])

scores, losses = given.output.figures
plot_scores(read_scores(given.input.scores), scores)
plot_losses(pd.read_csv(given.input.losses), losses)
