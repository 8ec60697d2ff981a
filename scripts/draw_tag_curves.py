"""Rule `draw_tag_curves`: plot precision over recall of single tags, with and without the user."""

from pathlib import Path

from phototags.evaluation.test_photos import JUDGED, photos_of, with_features, without_history
from phototags.evaluation.users.relative_improvement import read_gains
from phototags.evaluation.users.tag_curves import tag_curves
from phototags.evaluation.users.user_tags import read_user_tags
from phototags.features.feature_cache import read_features
from phototags.io.logs import configure_logging
from phototags.report.figures.tag_precision_recall import panels, plot_tag_curves
from phototags.report.tables.user_gains import listed
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.user_table import read_users

given = snakemake  # noqa: F821
configure_logging(given.log[0])
train, files = given.wildcards.train, given.input

users, features = read_users(files.users), read_features(files.features)
photos, _ = without_history(photos_of(files.tags, files.split, JUDGED), users, train)
photos = with_features(photos, features.rows.tolist(), train)
lists = panels(listed(read_gains(files.gains), read_user_tags(files.found)))
tags = dict.fromkeys(tag for chosen in lists.values() for tag in chosen)
folders = dict(zip(given.params.systems, (Path(file).parent for file in files.models), strict=True))
known = photos, features, users, read_vocabulary(files.vocabulary)
plot_tag_curves(lists, tag_curves(folders, tags, *known), given.output.figure)
