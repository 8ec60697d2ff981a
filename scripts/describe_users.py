"""Rule `describe_users`: what other photos tell of each photo's user."""

from phototags.features.feature_cache import read_features
from phototags.io.logs import configure_logging
from phototags.params.users import Users
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.corpus_users import Learned, joined, makers_of, users_of
from phototags.users.reduction import of_training
from phototags.users.user_table import write_users

given = snakemake  # noqa: F821
configure_logging(given.log[0])
settings = Users.model_validate_json(given.params.settings)

learned = Learned(
    of_training(given.input.train_features, given.input.train_split, settings.width),
    read_vocabulary(given.input.vocabulary),
    read_tag_vectors(given.input.vectors).numpy(),
    makers_of(given.input.train_tags, given.input.train_split, settings.makers),
)
photos = joined(given.input.photos, given.input.tags, given.input.split)
table = users_of(photos, read_features(given.input.features), learned, settings)
write_users(given.output.users, table)
