"""Rule `embed_text`: learn a vector for each word of plain text, for tags to start from."""

from phototags.embeddings.formats import write_word2vec
from phototags.embeddings.tag_vectors import embed_text
from phototags.logs import log_to
from phototags.settings.embeddings import EmbedTags

given = snakemake  # noqa: F821
log_to(given.log[0])
settings = EmbedTags.model_validate_json(given.params.settings)
words, vectors = embed_text(given.input.text, settings, given.params.seed)
write_word2vec(given.output.vectors, words, vectors.numpy())
