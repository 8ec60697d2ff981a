"""Rule `build_vocabulary`: choose the vocabulary from the training part and merge synonyms."""

from phototags.features.visualness import make_visualness_scorer
from phototags.io.logs import start_job
from phototags.params.vocabulary import Vocabulary
from phototags.tags.build_vocabulary import build_vocabulary
from phototags.tags.wordnet import WordNet

given = start_job(snakemake)  # noqa: F821
files = given.input
build_vocabulary(
    files.tags,
    files.split,
    dict(given.output.items()),
    Vocabulary.model_validate_json(given.params.settings),
    WordNet.read(files.wordnet),
    make_visualness_scorer(files.features),
    given.resources.chunk_photos,
)
