"""Rule `build_vocabulary`: choose the tags worth learning, from the training part alone."""

import logging
from functools import partial

import polars as pl
import torch

from phototags.config import Vocabulary
from phototags.features.cache import read_features
from phototags.features.visualness import visualness
from phototags.logs import log_to
from phototags.tags.candidates import candidates, kept, merge_photos, write_candidates
from phototags.tags.cleaning import write_tags
from phototags.tags.vocabulary import write_vocabulary
from phototags.tags.wordnet import WordNet

given = snakemake  # noqa: F821
log_to(given.log[0])
settings = Vocabulary.model_validate_json(given.params.settings)
package = given.input.get("wordnet")
wordnet = WordNet.read(package) if package else None
parts = pl.read_parquet(given.input.split, columns=["row", "part"])
tags = pl.read_parquet(given.input.tags)
training = tags.join(parts.filter(pl.col("part") == "train"), on="row", validate="1:1")
torch.set_num_threads(1)  # several would add up in another order
looks = partial(visualness, features=read_features(given.input.features))
table = candidates(training, settings, wordnet, looks)
vocabulary = kept(table)
logging.info("%d of %d tags kept", vocabulary.height, table.height)
write_vocabulary(given.output.vocabulary, vocabulary)
if given.output.get("candidates"):
    write_candidates(given.output.candidates, table)
if given.output.get("tags"):
    write_tags(given.output.tags, merge_photos(tags, training, settings, wordnet))
