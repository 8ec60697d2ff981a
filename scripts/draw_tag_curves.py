"""Rule `draw_tag_curves`: single tags, ranked by those who know the user and by who does not."""

from pathlib import Path

from phototags.features.cache import read_features
from phototags.figures.tag_curves import panels, plot_tag_curves
from phototags.logs import log_to
from phototags.scoring.curves import tag_curves
from phototags.scoring.gains import read_gains
from phototags.scoring.photos import JUDGED, photos_of, with_features, without_history
from phototags.scoring.user_tags import read_user_tags
from phototags.tables.users import listed
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.table import read_users

given = snakemake  # noqa: F821
log_to(given.log[0])
train, files = given.wildcards.train, given.input

users, features = read_users(files.users), read_features(files.features)
photos, _ = without_history(photos_of(files.tags, files.split, JUDGED), users, train)
photos = with_features(photos, features.rows.tolist(), train)
lists = panels(listed(read_gains(files.gains), read_user_tags(files.found)))
tags = dict.fromkeys(tag for chosen in lists.values() for tag in chosen)
folders = dict(zip(given.params.systems, (Path(file).parent for file in files.models), strict=True))
known = photos, features, users, read_vocabulary(files.vocabulary)
plot_tag_curves(lists, tag_curves(folders, tags, *known), given.output.figure)
