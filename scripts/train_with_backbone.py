"""Rule `train_with_backbone`: fit one system on one corpus with one seed, its backbone too."""

from pathlib import Path

import pandas as pd
import torch
from pydantic import TypeAdapter

from phototags.config import Compute
from phototags.embeddings.tag_vectors import read_tag_vectors
from phototags.features.backbones import load_network
from phototags.features.cache import read_features
from phototags.logs import log_to
from phototags.systems import System
from phototags.taggers.tagger import save
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.checkpoints import SECONDS, Checkpoint, fingerprint_of
from phototags.training.end_to_end import train_end_to_end
from phototags.training.live import LiveCurves
from phototags.training.loop import Around
from phototags.training.photo_feed import pictures_of
from phototags.training.preparation import described, part_of, write_history
from phototags.users.table import read_users

given = snakemake  # noqa: F821
log_to(given.log[0])
torch.set_num_threads(1)  # several would add up in another order
system = TypeAdapter(System).validate_json(given.params.system)
vocabulary = read_vocabulary(given.input.vocabulary).tags
tables = pd.read_parquet(given.input.tags), pd.read_parquet(given.input.split)
known = *tables, read_features(given.input.features), vocabulary, read_users(given.input.users)
parts = [part_of(name, *known) for name in ("train", "validation")]
network = load_network(given.params.backbone)
pictures = pictures_of(parts, tables[0], given.input.shards, *given.params.caps, network.size)
vectors, model = read_tag_vectors(given.input.vectors), Path(given.output.model)
fingerprint = fingerprint_of(given.input, dict(given.params.items()))
checkpoint = Checkpoint(Path("checkpoints") / model, fingerprint, SECONDS)
around = Around(checkpoint, LiveCurves(Path("live") / model.relative_to("models").parent))
shown, seed = zip(parts, pictures, strict=True), given.params.seed
way = network, seed, Compute(**given.params.compute, loaders=given.threads), around
tagger, history = train_end_to_end(system, *shown, vectors, *way)
about = {"backbone": given.params.backbone, "train": given.wildcards.train, "seed": seed}
save(tagger, described(system, *parts, vocabulary) | about, model.parent, network.module)
write_history(given.output.history, history)
checkpoint.remove()
