"""Rule `embed_tags`: train tag vectors by skip-gram on the training photos' tags."""

from phototags.io.logs import start_job
from phototags.params.embeddings import EmbedTags
from phototags.tag_vectors.embed_tags import embed_tags, write_tag_vectors
from phototags.tag_vectors.initialisation import load_text_vectors
from phototags.tags.read_sets import read_tag_sets
from phototags.tags.vocabulary import read_vocabulary

given = start_job(snakemake)  # noqa: F821
settings = EmbedTags.model_validate_json(given.params.settings)

tags = read_vocabulary(given.input.vocabulary).tags
text = load_text_vectors(settings.init, given.input.get("start", []), tags)
sets = read_tag_sets(given.input.tags, given.input.split, "train", tags)
learned = embed_tags(sets, tags, settings, given.params.seed, text)
write_tag_vectors(
    given.output.vectors, given.output.contexts, given.output.history, learned, settings
)
