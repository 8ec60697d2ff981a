"""Rule `compare_users`: compare systems that know the photo's user with systems that do not."""

import json
from pathlib import Path

import pandas as pd

from phototags.evaluation.users.comparison import compare_systems, group_seeds
from phototags.evaluation.users.new_tags import score_new_tags, select_new_tags
from phototags.features.feature_cache import read_features
from phototags.io.logs import start_job
from phototags.io.storage import write_text
from phototags.params.score import Score
from phototags.report.tables.user_tables import format_user_tags, format_users
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.user_table import read_users

given = start_job(snakemake)  # noqa: F821
train, systems, files = given.wildcards.train, json.loads(given.params.systems), given.input
vocabulary, users = read_vocabulary(files.vocabulary), read_users(files.users)
known = read_features(files.features), users, vocabulary
folders = group_seeds(systems, [Path(file).parent for file in files.models])
new = select_new_tags((files.tags, files.split), vocabulary, users, known[0])
new = score_new_tags(folders, new, *known, Score.model_validate_json(given.params.settings))
photos = pd.read_parquet(files.tags).set_index("row")
found = compare_systems(systems, files.scores, files.predictions, photos, vocabulary, new)
found.write(given.output.gains, given.output.tags)
write_text(given.output.table, format_users(train, found.improvements))
write_text(given.output.lists, format_user_tags(train, found.improvements, found.tags))
