"""Rule `embed_text`: train word vectors on plain text, to initialise tag vectors with."""

from phototags.io.logs import start_job
from phototags.params.embeddings import EmbedTags
from phototags.tag_vectors.embed_tags import embed_text
from phototags.tag_vectors.text_formats import write_word2vec

given = start_job(snakemake)  # noqa: F821
settings = EmbedTags.model_validate_json(given.params.settings)
words, vectors = embed_text(given.input.text, settings, given.params.seed)
write_word2vec(given.output.vectors, words, vectors.numpy())
