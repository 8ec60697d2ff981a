"""Rule `train_box`: train the tagger that comes with phototags, on several corpora."""

from pathlib import Path

from phototags.box.corpora import group_files
from phototags.box.train_box import train_box
from phototags.features.feature_cache import read_features
from phototags.io.logs import start_job
from phototags.params.box import Box
from phototags.tags.wordnet import WordNet

given = start_job(snakemake)  # noqa: F821
settings, files = Box.model_validate_json(given.params.settings), given.input
train_box(
    Path(given.output.model).parent,
    group_files(settings.corpora, files.tags, files.split, files.features, given.params.shards),
    WordNet.read(files.wordnet),
    settings,
    given.params.backbone,
    given.params.blacklist,
    read_features([files.resized]) if files.resized else None,
)
