"""Rule `embed_tags`: train tag vectors by skip-gram on the training photos' tags."""

import pandas as pd

from phototags.io.logs import start_job
from phototags.params.embeddings import EmbedTags
from phototags.tag_vectors.embed_tags import embed_tags, write_tag_vectors
from phototags.tag_vectors.initialisation import load_text_vectors
from phototags.tags.vocabulary import read_vocabulary

given = start_job(snakemake)  # noqa: F821
settings = EmbedTags.model_validate_json(given.params.settings)

split = pd.read_parquet(given.input.split, columns=["row", "part"])
photos = pd.read_parquet(given.input.tags).merge(split, on="row", validate="one_to_one")
training = photos.loc[photos["part"] == "train", "tags"]

tags = read_vocabulary(given.input.vocabulary).tags
text = load_text_vectors(settings.init, given.input.get("start", []), tags)
learned = embed_tags(training, tags, settings, given.params.seed, text)
write_tag_vectors(
    given.output.vectors, given.output.contexts, given.output.history, learned, settings
)
