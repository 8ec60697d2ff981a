"""Rule `train_tagger`: train one system on one corpus with one seed."""

from phototags.io.logs import start_job
from phototags.training.job import TrainJob
from phototags.training.run_job import train_tagger

given = start_job(snakemake)  # noqa: F821
train_tagger(TrainJob.from_rule(given))
