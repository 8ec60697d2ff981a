"""Rule `export_tagger`: the tagger as a folder that anybody can carry, with its card."""

from pathlib import Path

from phototags.export.export_tagger import export_tagger, validation_photos
from phototags.io.logs import configure_logging
from phototags.params.pages import Export

given = snakemake  # noqa: F821
configure_logging(given.log[0])
files, folder = given.input, Path(given.output.model).parent

export_tagger(
    folder,
    folder.parent.name,
    Export.model_validate_json(given.params.export),
    files.model,
    files.config,
    files.vocabulary,
    files.candidates,
    files.scores,
    validation_photos(files.tags, files.split, files.features, files.vocabulary),
)
