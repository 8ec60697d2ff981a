"""Rule `find_duplicates`: find training photos that are near-duplicates of test photos."""

import logging

from phototags.features.duplicates import find_duplicates, read_signatures, write_duplicates
from phototags.io.logs import start_job
from phototags.params.contamination import Contamination

given = start_job(snakemake)  # noqa: F821
settings = Contamination.model_validate_json(given.params.settings)

train = read_signatures(
    given.input.train_split, ("train", "validation"), given.input.train_features
)
test = read_signatures(given.input.test_split, ("test",), given.input.test_features)
duplicates = find_duplicates(
    train,
    test,
    max_hash_distance=settings.max_hash_distance,
    min_cosine=settings.min_cosine,
)
logging.info("%d near-duplicates", len(duplicates))
write_duplicates(given.output.duplicates, duplicates)
