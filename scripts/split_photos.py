"""Rule `split_photos`: split a corpus into training, validation and test part, by whole users."""

from phototags.io.logs import start_job
from phototags.params.vocabulary import Split
from phototags.tags.split_corpus import split_corpus

given = start_job(snakemake)  # noqa: F821
settings = Split.model_validate_json(given.params.settings)
split_corpus(given.input.photos, given.output.split, settings, given.params.trained)
