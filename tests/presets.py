"""Params of a run, and the jobs that its trainings left, for tests and benchmarks."""

from pathlib import Path

import yaml
from snakemake.utils import update_config

from phototags.training.job import TrainJob
from phototags.workflow.config import Params, validate_params


def merge_presets(files: list[Path]) -> Params:
    """params.yaml with presets over it, as Snakemake's --configfile merges them."""
    merged: dict = {}
    for file in files:
        update_config(merged, yaml.safe_load(file.read_text()))
    return validate_params(merged, " with ".join(map(str, files)))


def read_job(run: str, train: str, system: str, seed: int) -> TrainJob:
    """The job of a training that the workflow has run in this folder."""
    return TrainJob.read(f"checkpoints/models/{run}/{train}/{system}/seed{seed}/job.json")
