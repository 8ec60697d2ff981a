"""Rule `export_tagger`: export a trained tagger with the vocabulary that describes its tags."""

from pathlib import Path

from phototags.export.export_tagger import export_tagger, read_validation_photos
from phototags.io.logs import start_job

job = start_job(snakemake)  # noqa: F821
files = job.input

export_tagger(
    Path(job.output.model).parent,
    files.model,
    files.config,
    files.vocabulary,
    files.candidates,
    read_validation_photos(files.tags, files.split, files.features, files.vocabulary),
    job.params.blacklist,
)
