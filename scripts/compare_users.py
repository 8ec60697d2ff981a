"""Rule `compare_users`: what it gains to know whose photo it is."""

import json

import pandas as pd

from phototags.logs import log_to
from phototags.scoring.gains import gains, judged
from phototags.scoring.user_tags import known_tags, tags_found
from phototags.storage import whole
from phototags.tables.users import user_tags, users
from phototags.tags.vocabulary import read_vocabulary

given = snakemake  # noqa: F821
log_to(given.log[0])
systems, count = json.loads(given.params.systems), len(given.params.seeds)

photos = pd.read_parquet(given.input.tags).set_index("row")
vocabulary = read_vocabulary(given.input.vocabulary)
known = known_tags(photos["tags"], vocabulary)
scores, predictions = (
    {name: paths[count * at : count * (at + 1)] for at, name in enumerate(systems)}
    for paths in (given.input.scores, given.input.predictions)
)
found = {name: judged(scores[name], predictions[name], known) for name in systems}
gained = gains(systems, found, photos["user_id"], **given.params.bootstrap)
parts = [tags_found(name, predictions[name], known, vocabulary) for name in systems]
tags = pd.concat(parts)
for table, path in ((gained, given.output.gains), (tags, given.output.tags)):
    with whole(path) as part:
        table.round(6).to_csv(part, index=False, lineterminator="\n")
pages = {given.output.table: users(given.wildcards.train, gained)}
pages[given.output.lists] = user_tags(given.wildcards.train, gained, tags)
for path, page in pages.items():
    with whole(path) as part:
        part.write_text(page, encoding="utf-8")
