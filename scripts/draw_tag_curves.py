"""Rule `draw_tag_curves`: single tags, ranked by those who know the user and by who does not."""

from pathlib import Path

from phototags.features.cache import read_features
from phototags.figures.tag_curves import PANELS, plot_tag_curves
from phototags.logs import log_to
from phototags.metrics.curves import precision_recall
from phototags.scoring.gains import read_gains
from phototags.scoring.judging import has_words, model_scores
from phototags.scoring.photos import JUDGED, photos_of, with_features, without_history
from phototags.scoring.user_tags import read_user_tags
from phototags.tables.users import listed
from phototags.taggers.tagger import load, read_config
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.table import read_users, with_users

given = snakemake  # noqa: F821
log_to(given.log[0])

users, features = read_users(given.input.users), read_features(given.input.features)
photos = photos_of(given.input.tags, given.input.split, JUDGED)
photos, _ = without_history(photos, users, given.wildcards.train)
photos = with_features(photos, features.rows.tolist(), given.wildcards.train)
rows, vocabulary = photos["row"].tolist(), read_vocabulary(given.input.vocabulary)
relevant = has_words(photos["tags"], vocabulary.tags)
lists = listed(read_gains(given.input.gains), read_user_tags(given.input.found))
lists = {title: list(chosen.index[:PANELS]) for title, chosen in lists.items()}
curves = {}
for system, model in zip(given.params.systems, given.input.models, strict=True):
    folder = Path(model).parent
    known = read_config(folder)["system"].get("descriptors", ())
    inputs = with_users(features.of(rows), rows, users, known)
    scores = model_scores(load(folder), inputs, len(vocabulary))
    columns = {tag: vocabulary.index(tag) for tags in lists.values() for tag in tags}
    curves[system] = {
        tag: precision_recall(scores[:, at], relevant[:, at]) for tag, at in columns.items()
    }
plot_tag_curves(lists, curves, given.output.figure)
