"""Rule `map_tags`: compute a 2-D map of the tags and the nearest neighbours of some."""

from phototags.io.logs import start_job
from phototags.io.storage import write_csv
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tag_vectors.nearest_tags import list_nearest, map_tags
from phototags.tags.vocabulary import find_shown, read_vocabulary
from phototags.tags.wordnet import WordNet

given = start_job(snakemake)  # noqa: F821

vocabulary = read_vocabulary(given.input.vocabulary)
shown = find_shown(vocabulary.tags, given.params.blacklist)
vocabulary, vectors = vocabulary.select(shown), read_tag_vectors(given.input.vectors)[shown]
wordnet = WordNet.read(given.input.wordnet)
for table, path in (
    (map_tags(vocabulary, vectors, wordnet, given.params.seed), given.output.map),
    (list_nearest(vocabulary, vectors, given.params.seed), given.output.nearest),
):
    write_csv(path, table, "\t")
