"""Rule `write_manifest`: note what a run's results were made from."""

from phototags.io.logs import start_job
from phototags.results.manifest import write_manifest
from phototags.workflow.config import Params

given = start_job(snakemake)  # noqa: F821
write_manifest(
    given.output.manifest,
    Params.model_validate_json(given.params.params),
    given.params.made_by,
    given.input.receipts,
    given.input.results,
)
