"""Rule `train_tagger`: train one system on one corpus with one seed."""

from phototags.io.logs import configure_logging
from phototags.training.job import TrainJob
from phototags.training.run_job import train_tagger

given = snakemake  # noqa: F821
configure_logging(given.log[0])
train_tagger(TrainJob.from_rule(given))
