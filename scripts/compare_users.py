"""Rule `compare_users`: compare systems that know the photo's user with systems that do not."""

import json

import pandas as pd

from phototags.evaluation.users.comparison import compare_systems
from phototags.io.logs import start_job
from phototags.io.storage import write_text
from phototags.report.tables.user_tables import format_user_tags, format_users
from phototags.tags.vocabulary import read_vocabulary

given = start_job(snakemake)  # noqa: F821
train, systems = given.wildcards.train, json.loads(given.params.systems)

photos = pd.read_parquet(given.input.tags).set_index("row")
judged = given.input.scores, given.input.predictions
vocabulary = read_vocabulary(given.input.vocabulary)
found = compare_systems(systems, *judged, photos, vocabulary)
found.write(given.output.gains, given.output.tags)
write_text(given.output.table, format_users(train, found.improvements))
write_text(given.output.lists, format_user_tags(train, found.improvements, found.tags))
