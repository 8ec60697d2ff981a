"""Rule `describe_users`: compute descriptors of each photo's user from the user's other photos."""

from phototags.features.feature_cache import read_features
from phototags.io.logs import start_job
from phototags.params.users import Users
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.feature_pca import fit_training_pca
from phototags.users.user_encoder import UserEncoder, find_camera_makes, join_photo_tables
from phototags.users.user_table import write_users

given = start_job(snakemake)  # noqa: F821
settings = Users.model_validate_json(given.params.settings)

encoder = UserEncoder(
    fit_training_pca(given.input.train_features, given.input.train_split, settings.feature_dims),
    read_vocabulary(given.input.vocabulary),
    read_tag_vectors(given.input.vectors).numpy(),
    find_camera_makes(given.input.train_tags, given.input.train_split, settings.max_camera_makes),
)
photos = join_photo_tables(given.input.photos, given.input.tags, given.input.split)
features = read_features(given.input.features)
table = encoder.encode(photos, features, settings, given.params.wide)
write_users(given.output.users, table)
