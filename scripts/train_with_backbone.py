"""Rule `train_with_backbone`: train one system and its backbone on one corpus with one seed."""

from phototags.io.logs import start_job
from phototags.training.end_to_end import train_with_backbone
from phototags.training.job import TrainJob

given = start_job(snakemake)  # noqa: F821
train_with_backbone(TrainJob.from_rule(given))
