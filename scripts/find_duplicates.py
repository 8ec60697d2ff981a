"""Rule `find_duplicates`: find training photos that are near-duplicates of test photos."""

import logging

from phototags.features.duplicates import find_duplicates, seen, write_duplicates
from phototags.io.logs import configure_logging
from phototags.params.contamination import Contamination

given = snakemake  # noqa: F821
configure_logging(given.log[0])
settings = Contamination.model_validate_json(given.params.settings)

learned = seen(given.input.train_split, ("train", "validation"), given.input.train_features)
judged = seen(given.input.test_split, ("test",), given.input.test_features)
duplicates = find_duplicates(
    learned,
    judged,
    hash_distance=settings.hash_distance,
    feature_similarity=settings.feature_similarity,
)
logging.info("%d near-duplicates", len(duplicates))
write_duplicates(given.output.duplicates, duplicates)
