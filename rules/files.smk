"""Where the files of a run lie, for rules that others read from."""

RUN = PARAMS.run
MODELS = f"models/{RUN}"
TRAIN_DIR = f"{MODELS}/{{train}}"  # what is made from one training corpus
TAGGER_DIR = f"{TRAIN_DIR}/{{system}}/seed{{seed}}"
RESULTS = f"results/{RUN}"
BACKBONE = PARAMS.embed_photos.backbone.replace(":", "-")
WITH_BACKBONE = PLAN.backbone_systems
EXPORTED = (PARAMS.export.train, PARAMS.export.system, PARAMS.export.seed)
EXPORTED_BACKBONE = ["backbone.safetensors"] * (PARAMS.export.system in WITH_BACKBONE)
WORDNET = "data/sources/wordnet/wordnet-base.deb"
REMOVALS = [PARAMS.corpora.removals] if PARAMS.corpora.removals else []
if not REMOVALS and Path("removals.txt").exists():
    REMOVALS = ["removals.txt"]
START = {"glove": [], "random": [], "text": [f"{MODELS}/text_vectors.txt"]}.get(
    PARAMS.embed_tags.start, [PARAMS.embed_tags.start]
)


def source_files(wildcards):
    known = PLAN.corpora[wildcards.corpus]
    return [f"data/sources/{known.folder}/{file}" for file in known.files]


def shard_files(name, ending="tar"):
    """The files of a corpus' shards, or what lies beside each."""
    return [
        f"data/corpora/{name}/shards/{shard}.{ending}" for shard in PLAN.shards(name)
    ]


def feature_files(name, ending="safetensors"):
    """The features of a corpus' shards, or what lies beside each."""
    folder = f"data/features/{BACKBONE}/{name}"
    return [f"{folder}/{shard}.{ending}" for shard in PLAN.shards(name)]


def tags_file(wildcards):
    """A corpus' own tags, merged as its vocabulary is where it was learned from itself."""
    if wildcards.test == wildcards.train:
        return f"{MODELS}/{wildcards.train}/tags.parquet"
    return f"data/corpora/{wildcards.test}/tags.parquet"


def train_split(wildcards):
    """A training corpus' split without near-duplicates of test photos."""
    return checkpoints.choose_training.get(train=wildcards.train).output.split


def split_file(wildcards):
    """A corpus' split, without near-duplicates where it is learned from."""
    if wildcards.test == wildcards.train:
        return train_split(wildcards)
    return f"data/corpora/{wildcards.test}/split.parquet"


def user_files(train, test):
    """What describes the users of a corpus, in a run that describes users."""
    return [f"{MODELS}/{train}/users_{test}.safetensors"] if PARAMS.users else []


def tagger_file(train, system, seed, file):
    """A file of a tagger; of a system that no seed changes, that of the first seed."""
    return (
        f"{MODELS}/{train}/{system}/seed{PLAN.trained_seed(system, int(seed))}/{file}"
    )


def initial_weights(wildcards):
    """The tagger whose layers a system begins with, if it does."""
    start = getattr(PARAMS.train.systems[wildcards.system], "initialise_from", None)
    if start is None:
        return []
    files = ["model.safetensors"]
    files += ["backbone.safetensors"] * (start.system in WITH_BACKBONE)
    return [
        tagger_file(start.train, start.system, wildcards.seed, file) for file in files
    ]


def tagger_features(train, system, seed, name):
    """What a tagger is shown of a corpus: by the frozen backbone, or by its own."""
    if system not in WITH_BACKBONE:
        return feature_files(name)
    files = [f"features/{name}/{shard}.safetensors" for shard in PLAN.shards(name)]
    return [tagger_file(train, system, seed, file) for file in files]


def warp_files(train, file):
    """A file of every tagger that is compared, seed by seed."""
    return [
        tagger_file(train, system, seed, file)
        for system in PLAN.warp_systems(train)
        for seed in PARAMS.train.seeds
    ]


def first_model_files(train, file):
    """A file of one tagger of each model, of the first seed."""
    seed = PARAMS.train.seeds[0]
    return [
        tagger_file(train, system, seed, file)
        for system in PLAN.first_of_each_model(train)
    ]


def first_user_system_file(train, file):
    """A file of the first tagger that knows whose photo it is."""
    return tagger_file(train, PLAN.user_systems(train)[0], PARAMS.train.seeds[0], file)
