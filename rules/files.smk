"""Paths of a run's files, as functions of wildcards where a rule's inputs depend on them."""

RUN = PARAMS.run
MODELS = f"models/{RUN}"
TRAIN_DIR = f"{MODELS}/{{train}}"  # outputs that depend on a training corpus
TAGGER_DIR = f"{TRAIN_DIR}/{{system}}/seed{{seed}}"
RESULTS = f"results/{RUN}"
# Pictures that may not be passed on lie beside the figures, where git ignores them.
EXAMPLES = f"{RESULTS}/" + (
    "figures" if PLAN.corpora[PARAMS.export.train].publishable else "private"
)
BACKBONE = re.sub("[:/]", "-", PARAMS.embed_photos.backbone)
CHECKPOINTS = list_checkpoints(PARAMS.embed_photos.backbone)
WEIGHTS = [f"data/weights/{name}/model.safetensors" for name in CHECKPOINTS]
WITH_BACKBONE = PLAN.backbone_systems
WORDNET = "data/sources/wordnet/wordnet-base.deb"
START = {"glove": [], "random": [], "text": [f"{MODELS}/text_vectors.txt"]}.get(
    PARAMS.embed_tags.init, [PARAMS.embed_tags.init]
)


def source_files(wildcards):
    known = PLAN.listed_corpora[wildcards.corpus]
    return [f"data/sources/{known.folder}/{file}" for file in known.files]


def shard_files(name, ending="tar"):
    """Files of a corpus' shards, with the given ending."""
    return [
        f"data/corpora/{PLAN.pictures_of(name)}/shards/{shard}.{ending}"
        for shard in PLAN.shards(name)
    ]


def feature_files(name, ending="safetensors"):
    """Files of a corpus' features, a shard each, with the given ending."""
    folder = f"data/features/{BACKBONE}/{PLAN.pictures_of(name)}"
    return [f"{folder}/{shard}.{ending}" for shard in PLAN.shards(name)]


def tags_path(train, test):
    """Tags of a test corpus; of the training corpus, with the merges of its vocabulary."""
    folder = f"{MODELS}/{train}" if test == train else f"data/corpora/{test}"
    return f"{folder}/tags.parquet"


def tags_file(wildcards):
    return tags_path(wildcards.train, wildcards.test)


def train_split(wildcards):
    """A training corpus' split without near-duplicates of test photos."""
    return checkpoints.choose_training.get(train=wildcards.train).output.split


def split_file(wildcards):
    """Split of a test corpus; of the training corpus, without near-duplicates."""
    if wildcards.test == wildcards.train:
        return train_split(wildcards)
    return f"data/corpora/{wildcards.test}/split.parquet"


def user_files(train, test):
    """Descriptors of a corpus' users, in a run with the section users."""
    return [f"{MODELS}/{train}/users_{test}.safetensors"] if PARAMS.users else []


def tagger_file(train, system, seed, file):
    """A file of a tagger; of a system that no seed changes, that of the first seed."""
    return (
        f"{MODELS}/{train}/{system}/seed{PLAN.trained_seed(system, int(seed))}/{file}"
    )


def initial_weights(wildcards):
    """Weights of the tagger that a system is initialised from, if it is."""
    start = PARAMS.train.systems[wildcards.system].source
    if start is None:
        return []
    files = ["model.safetensors"]
    files += ["backbone.safetensors"] * (start.system in WITH_BACKBONE)
    return [
        tagger_file(start.train, start.system, wildcards.seed, file) for file in files
    ]


def tagger_features(train, system, seed, name):
    """Features of a corpus for a tagger: from the frozen backbone or from its own."""
    if system not in WITH_BACKBONE:
        return feature_files(name)
    folder = f"features/{PLAN.pictures_of(name)}"
    files = [f"{folder}/{shard}.safetensors" for shard in PLAN.shards(name)]
    return [tagger_file(train, system, seed, file) for file in files]


def compared_files(train, file):
    """A file of every tagger of the tables of users, by system and seed."""
    return [
        tagger_file(train, system, seed, file)
        for system in PLAN.compared_systems(train)
        for seed in PARAMS.train.seeds
    ]


def first_model_files(train, file):
    """A file of the first tagger of each model of these tables, of the first seed."""
    seed = PARAMS.train.seeds[0]
    return [
        tagger_file(train, system, seed, file)
        for system in PLAN.first_of_each_model(train)
    ]


def first_user_system_file(train, file):
    """A file of the first tagger that learns from the photo's user."""
    return tagger_file(train, PLAN.user_systems(train)[0], PARAMS.train.seeds[0], file)
