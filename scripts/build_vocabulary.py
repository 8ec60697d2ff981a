"""Rule `build_vocabulary`: choose the tags worth learning, from the training part alone."""

import logging
from functools import partial

import torch

from phototags.config import Vocabulary
from phototags.features.stored import stored_features
from phototags.features.visualness import visualness
from phototags.logs import log_to
from phototags.storage import whole
from phototags.tags.candidates import candidates, kept, write_candidates
from phototags.tags.merging import merged, merges
from phototags.tags.numbers import number_tags, photos_in, write_tags
from phototags.tags.split import those_of
from phototags.tags.vocabulary import write_vocabulary
from phototags.tags.wordnet import WordNet

given = snakemake  # noqa: F821
log_to(given.log[0])
settings = Vocabulary.model_validate_json(given.params.settings)
package = given.input.get("wordnet")
wordnet = WordNet.read(package) if package else None
torch.set_num_threads(1)  # several would add up in another order
looks = partial(visualness, features=stored_features(given.input.features))
with whole(given.output.vocabulary) as part:
    photos = photos_in(given.input.tags, given.resources.photos_at_once)
    photos = number_tags(photos, part.parent)
    training = photos.then(partial(those_of, "train", given.input.split))
    found = merges(training, settings, wordnet)
    table = candidates(training, found, settings, wordnet, looks)
    vocabulary = kept(table)
    logging.info("%d of %d tags kept", vocabulary.height, table.height)
    write_vocabulary(part, vocabulary)
    if given.output.get("candidates"):
        write_candidates(given.output.candidates, table)
    if given.output.get("tags"):
        for one in found:
            photos = merged(photos, one.becomes)
        write_tags(given.output.tags, photos)
