"""Rule `clean_tags`: normalise the spelling of the tags, once for each distinct spelling."""

import logging

from phototags.io.logs import configure_logging
from phototags.io.storage import atomic_write
from phototags.tags.cleaning import clean_photos, write_spelling
from phototags.tags.encoded_photos import number_tags, photos_in, write_tags

given = snakemake  # noqa: F821
configure_logging(given.log[0])

with atomic_write(given.output.tags) as part:
    photos = photos_in(given.input.photos, given.resources.photos_at_once)
    cleaned, spelling = clean_photos(number_tags(photos, part.parent))
    logging.info("%d written tags, %d clean", spelling.height, spelling["tag"].n_unique())
    write_tags(part, cleaned)
write_spelling(given.output.spelling, spelling)
