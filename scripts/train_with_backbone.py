"""Rule `train_with_backbone`: train one system and its backbone on one corpus with one seed."""

from phototags.io.logs import configure_logging
from phototags.training.end_to_end import train_with_backbone
from phototags.training.job import TrainJob

given = snakemake  # noqa: F821
configure_logging(given.log[0])
train_with_backbone(TrainJob.from_rule(given))
