"""Rule `clean_tags`: normalise the spelling of the tags, once for each distinct spelling."""

import logging
from functools import partial

from phototags.io.logs import start_job
from phototags.io.storage import atomic_write
from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.split import select_part
from phototags.tags.vocabulary import write_tsv

given = start_job(snakemake)  # noqa: F821

with atomic_write(given.output.tags) as part:
    batches = read_photo_batches(given.input.photos, given.resources.chunk_photos)
    photos = encode_photos(batches, part.parent)
    training = photos.map_parts(partial(select_part, "train", given.input.split))
    cleaned, spelling = clean_photos(photos, training)
    logging.info("%d written tags, %d clean", spelling.height, spelling["tag"].n_unique())
    write_tags(part, cleaned)
write_tsv(given.output.spelling, spelling)
