"""Rule `choose_tagger`: choose the system to export by its validation mAP."""

from phototags.export.choose_tagger import choose_tagger
from phototags.io.logs import start_job
from phototags.io.storage import write_json

job = start_job(snakemake)  # noqa: F821
choice = choose_tagger(zip(job.params.systems, job.input.histories, strict=True))
write_json(job.output.choice, choice)
