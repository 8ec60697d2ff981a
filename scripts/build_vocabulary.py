"""Rule `build_vocabulary`: choose the vocabulary from the training part and merge synonyms."""

from functools import partial

from phototags.features.visualness import looks_in
from phototags.io.logs import configure_logging
from phototags.io.storage import atomic_write
from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import candidates, kept, write_candidates
from phototags.tags.encoded_photos import number_tags, photos_in, write_tags
from phototags.tags.merging import all_merged, merges
from phototags.tags.split import those_of
from phototags.tags.vocabulary import write_vocabulary
from phototags.tags.wordnet import WordNet

given = snakemake  # noqa: F821
configure_logging(given.log[0])
rules = Vocabulary.model_validate_json(given.params.settings), WordNet.read(given.input.wordnet)
looks = looks_in(given.input.features)
with atomic_write(given.output.vocabulary) as part:
    photos = number_tags(photos_in(given.input.tags, given.resources.photos_at_once), part.parent)
    training = photos.then(partial(those_of, "train", given.input.split))
    found = merges(training, *rules)
    table = candidates(training, found, *rules, looks)
    write_vocabulary(part, kept(table))
    write_candidates(given.output.candidates, table)
    write_tags(given.output.tags, all_merged(photos, found))
