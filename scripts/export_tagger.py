"""Rule `export_tagger`: the tagger as a folder that anybody can carry, with its card."""

from pathlib import Path

import pandas as pd

from phototags.export.folder import export_tagger
from phototags.features.cache import read_features
from phototags.logs import log_to
from phototags.settings.pages import Export
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.preparation import part_of

given = snakemake  # noqa: F821
log_to(given.log[0])

vocabulary = read_vocabulary(given.input.vocabulary).tags
tables = pd.read_parquet(given.input.tags), pd.read_parquet(given.input.split)
validation = part_of("validation", *tables, read_features(given.input.features), vocabulary)
folder = Path(given.output.model).parent
export_tagger(
    folder,
    folder.parent.name,
    Export.model_validate_json(given.params.export),
    given.input.model,
    given.input.config,
    given.input.vocabulary,
    given.input.candidates,
    given.input.scores,
    validation,
)
