"""Rule `train_tagger`: fit one system on one corpus with one seed."""

from pathlib import Path

import pandas as pd
import torch
from pydantic import TypeAdapter

from phototags.embeddings.tag_vectors import read_tag_vectors
from phototags.features.cache import read_features
from phototags.logs import log_to
from phototags.systems import System
from phototags.taggers.tagger import save
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.assembly import train
from phototags.training.checkpoints import SECONDS, Checkpoint, fingerprint_of
from phototags.training.live import LiveCurves
from phototags.training.loop import Around
from phototags.training.preparation import described, part_of, write_history

given = snakemake  # noqa: F821
log_to(given.log[0])
torch.set_num_threads(1)  # several would add up in another order
system = TypeAdapter(System).validate_json(given.params.system)

vocabulary = read_vocabulary(given.input.vocabulary).tags
tables = pd.read_parquet(given.input.tags), pd.read_parquet(given.input.split)
features = read_features(given.input.features)
parts = [part_of(name, *tables, features, vocabulary) for name in ("train", "validation")]

vectors = read_tag_vectors(given.input.vectors)
settings = {"system": given.params.system, "seed": given.params.seed}
checkpoint = Checkpoint(
    Path("checkpoints") / given.output.model, fingerprint_of(given.input, settings), SECONDS
)
live = LiveCurves(Path("live") / Path(given.output.model).relative_to("models").parent)
tagger, history = train(system, *parts, vectors, given.params.seed, Around(checkpoint, live))
names = {"backbone": given.params.backbone, "train": given.wildcards.train}
config = described(system, *parts, vocabulary) | names | {"seed": given.params.seed}
save(tagger, config, Path(given.output.model).parent)
write_history(given.output.history, history)
checkpoint.remove()
