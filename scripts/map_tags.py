"""Rule `map_tags`: which tags lie near which, to be looked at."""

from phototags.io.logs import log_to
from phototags.io.storage import whole
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tag_vectors.nearest_tags import map_of, nearest_of
from phototags.tags.vocabulary import read_vocabulary
from phototags.tags.wordnet import WordNet

given = snakemake  # noqa: F821
log_to(given.log[0])

vocabulary = read_vocabulary(given.input.vocabulary)
vectors = read_tag_vectors(given.input.vectors)
wordnet = WordNet.read(given.input.wordnet)
for table, path in (
    (map_of(vocabulary, vectors, wordnet, given.params.seed), given.output.map),
    (nearest_of(vocabulary, vectors, given.params.seed), given.output.nearest),
):
    with whole(path) as part:
        table.to_csv(part, sep="\t", index=False, lineterminator="\n")
