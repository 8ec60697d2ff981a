"""Rule `build_vocabulary`: choose the tags worth learning, from the training part alone."""

import logging

import polars as pl

from phototags.config import Vocabulary
from phototags.logs import log_to
from phototags.tags.candidates import candidates, kept, write_candidates
from phototags.tags.vocabulary import write_vocabulary
from phototags.tags.wordnet import WordNet

given = snakemake  # noqa: F821
log_to(given.log[0])
settings = Vocabulary.model_validate_json(given.params.settings)
package = given.input.get("wordnet")

parts = pl.read_parquet(given.input.split, columns=["row", "part"])
tags = pl.read_parquet(given.input.tags).join(parts, on="row", validate="1:1")
training = tags.filter(pl.col("part") == "train")
table = candidates(training, settings, WordNet.read(package) if package else None)
vocabulary = kept(table)
logging.info("%d of %d tags kept", vocabulary.height, table.height)

write_vocabulary(given.output.vocabulary, vocabulary)
if given.output.get("candidates"):
    write_candidates(given.output.candidates, table)
