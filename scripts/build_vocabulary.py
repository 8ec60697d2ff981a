"""Rule `build_vocabulary`: choose the vocabulary from the training part and merge synonyms."""

from functools import partial

from phototags.features.visualness import make_visualness_scorer
from phototags.io.logs import start_job
from phototags.io.storage import atomic_write
from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import list_candidates, select_vocabulary
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.merging import apply_merges, find_merges
from phototags.tags.split import select_part
from phototags.tags.vocabulary import write_tsv
from phototags.tags.wordnet import WordNet

given = start_job(snakemake)  # noqa: F821
rules = Vocabulary.model_validate_json(given.params.settings), WordNet.read(given.input.wordnet)
score_visualness = make_visualness_scorer(given.input.features)
with atomic_write(given.output.vocabulary) as part:
    batches = read_photo_batches(given.input.tags, given.resources.chunk_photos)
    photos = encode_photos(batches, part.parent)
    training = photos.map_parts(partial(select_part, "train", given.input.split))
    merges = find_merges(training, *rules)
    candidates = list_candidates(training, merges, *rules, score_visualness)
    write_tsv(part, select_vocabulary(candidates))
    write_tsv(given.output.candidates, candidates)
    write_tags(given.output.tags, apply_merges(photos, merges))
