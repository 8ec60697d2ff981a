"""Rule `map_users`: compute a 2-D map of the users as a tagger embeds them."""

from pathlib import Path

import pandas as pd

from phototags.evaluation.users.user_map import map_users
from phototags.io.logs import start_job
from phototags.io.storage import write_csv
from phototags.report.figures.user_scatter import plot_users
from phototags.systems.tagger import load, read_config
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.user_table import read_users

given = start_job(snakemake)  # noqa: F821

folder, vocabulary = Path(given.input.model).parent, read_vocabulary(given.input.vocabulary)
parts = pd.read_parquet(given.input.split, columns=["row", "part"])
photos = pd.read_parquet(given.input.tags).merge(parts, on="row").sort_values("row")
photos["tags"] = [[tag for tag in tags if tag in vocabulary] for tags in photos["tags"]]
descriptors = read_config(folder)["system"]["descriptors"]
table = map_users(load(folder), read_users(given.input.users), photos, descriptors, 0)
write_csv(given.output.map, table.round(4), "\t")
plot_users(table, given.output.figure)
