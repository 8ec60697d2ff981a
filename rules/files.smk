"""Where the files of a run lie, for rules that others read from."""

RUN = PARAMS.run
MODELS = f"models/{RUN}"
LEARNED = f"{MODELS}/{{train}}"  # what is made from one training corpus
TAGGER = f"{LEARNED}/{{system}}/seed{{seed}}"
RESULTS = f"results/{RUN}"
BACKBONE = PARAMS.embed_photos.backbone.replace(":", "-")
WITH_BACKBONE = PLAN.with_backbone
EXPORTED = (PARAMS.export.train, PARAMS.export.system, PARAMS.export.seed)
EXPORTED_BACKBONE = ["backbone.safetensors"] * (PARAMS.export.system in WITH_BACKBONE)
WORDNET = "data/sources/wordnet/wordnet-base.deb"
REMOVALS = [PARAMS.corpora.removals] if PARAMS.corpora.removals else []
if not REMOVALS and Path("removals.txt").exists():
    REMOVALS = ["removals.txt"]
START = {"glove": [], "random": [], "text": [f"{MODELS}/text_vectors.txt"]}.get(
    PARAMS.embed_tags.start, [PARAMS.embed_tags.start]
)


def sources_of(wildcards):
    known = PLAN.corpora[wildcards.corpus]
    return [f"data/sources/{known.folder}/{file}" for file in known.files]


def shards_of(name, ending="tar"):
    """The files of a corpus' shards, or what lies beside each."""
    return [
        f"data/corpora/{name}/shards/{shard}.{ending}" for shard in PLAN.shards(name)
    ]


def features_of(name, ending="safetensors"):
    """The features of a corpus' shards, or what lies beside each."""
    folder = f"data/features/{BACKBONE}/{name}"
    return [f"{folder}/{shard}.{ending}" for shard in PLAN.shards(name)]


def test_tags(wildcards):
    """A corpus' own tags, merged as its vocabulary is where it was learned from itself."""
    if wildcards.test == wildcards.train:
        return f"{MODELS}/{wildcards.train}/tags.parquet"
    return f"data/corpora/{wildcards.test}/tags.parquet"


def learned_split(wildcards):
    """A corpus' split, without near-duplicates where it is learned from."""
    if wildcards.test == wildcards.train:
        return f"{MODELS}/{wildcards.train}/split.parquet"
    return f"data/corpora/{wildcards.test}/split.parquet"


def users_of(train, test):
    """What describes the users of a corpus, in a run that describes users."""
    return [f"{MODELS}/{train}/users_{test}.safetensors"] if PARAMS.users else []


def tagger(train, system, seed, file):
    return f"{MODELS}/{train}/{system}/seed{seed}/{file}"


def start_of(wildcards):
    """The tagger whose layers a system begins with, if it does."""
    start = getattr(PARAMS.train.systems[wildcards.system], "start", None)
    if start is None:
        return []
    files = ["model.safetensors"]
    files += ["backbone.safetensors"] * (start.system in WITH_BACKBONE)
    return [tagger(start.train, start.system, wildcards.seed, file) for file in files]


def features_for(train, system, seed, name):
    """What a tagger is shown of a corpus: by the frozen backbone, or by its own."""
    if system not in WITH_BACKBONE:
        return features_of(name)
    files = [f"features/{name}/{shard}.safetensors" for shard in PLAN.shards(name)]
    return [tagger(train, system, seed, file) for file in files]


def of_ranked(train, file):
    """A file of every tagger that is compared, seed by seed."""
    return [
        tagger(train, system, seed, file)
        for system in PLAN.ranked(train)
        for seed in PARAMS.train.seeds
    ]


def of_first_models(train, file):
    """A file of one tagger of each model, of the first seed."""
    seed = PARAMS.train.seeds[0]
    return [tagger(train, system, seed, file) for system in PLAN.one_of_each(train)]


def of_first_knowing(train, file):
    """A file of the first tagger that knows whose photo it is."""
    return tagger(train, PLAN.knowing(train)[0], PARAMS.train.seeds[0], file)
