"""Rule `draw_tag_curves`: precision-recall curves of single tags, with and without the user."""

from pathlib import Path

from phototags.evaluation import test_photos
from phototags.evaluation.users.comparison import read_user_tags
from phototags.evaluation.users.relative_improvement import read_improvements
from phototags.evaluation.users.tag_curves import compute_tag_curves
from phototags.features.feature_cache import read_features
from phototags.io.logs import start_job
from phototags.report.figures.tag_precision_recall import plot_tag_curves, select_panel_tags
from phototags.report.tables.user_tables import list_tags
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.user_table import read_users

given = start_job(snakemake)  # noqa: F821
train, files = given.wildcards.train, given.input

users, features = read_users(files.users), read_features(files.features)
photos = test_photos.photos_in_parts(files.tags, files.split, test_photos.TEST_PARTS)
photos, _ = test_photos.exclude_history(photos, users, train)
photos = test_photos.select_with_features(photos, features.rows.tolist(), train)
lists = select_panel_tags(list_tags(read_improvements(files.gains), read_user_tags(files.found)))
tags = dict.fromkeys(tag for chosen in lists.values() for tag in chosen)
folders = dict(zip(given.params.systems, (Path(file).parent for file in files.models), strict=True))
known = photos, features, users, read_vocabulary(files.vocabulary)
plot_tag_curves(lists, compute_tag_curves(folders, tags, *known), given.output.figure)
