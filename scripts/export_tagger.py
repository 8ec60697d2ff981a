"""Rule `export_tagger`: the tagger as a folder that anybody can carry, with its card."""

from pathlib import Path

from phototags.config import Export
from phototags.export.folder import export_tagger
from phototags.logs import log_to

given = snakemake  # noqa: F821
log_to(given.log[0])

folder = Path(given.output.model).parent
export_tagger(
    folder,
    folder.parent.name,
    Export.model_validate_json(given.params.export),
    given.input.model,
    given.input.config,
    given.input.vocabulary,
    given.input.scores,
)
