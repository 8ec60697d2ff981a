import ast
import functools
import json
import os
import re
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

BASE = Path(workflow.basedir)
sys.path.insert(0, str(BASE))

from phototags.compute import instruction_set_variables
from phototags.config import validate
from phototags.corpora.registry import COLLECTIONS as SHARED_COLLECTIONS
from phototags.corpora.registry import corpus
from phototags.errors import ParamsError
from phototags.experiments import taggers
from phototags.ranked_systems import Bilinear, Ranked
from phototags.systems import learns_backbone

try:
    PARAMS = validate(config)
    TRAIN_NAMES = list(dict.fromkeys(one.train for one in PARAMS.experiments))
    CORPUS_NAMES = list(
        dict.fromkeys(TRAIN_NAMES + [t for e in PARAMS.experiments for t in e.test])
    )
    CORPORA = {
        name: corpus(name, PARAMS.corpora.tables, PARAMS.corpora.samples)
        for name in CORPUS_NAMES
    }
except ParamsError as error:
    raise WorkflowError(str(error)) from None

COLLECTIONS = [
    *dict.fromkeys(one.folder for one in CORPORA.values()),
    *SHARED_COLLECTIONS,
]
PACKAGED = [name for name, one in CORPORA.items() if one.pictures == "packaged"]
ON_THE_WEB = [name for name, one in CORPORA.items() if one.pictures == "web"]
TAGGERS = taggers(PARAMS.experiments, PARAMS.train.systems)
RUN = PARAMS.run
MODELS = f"models/{RUN}"
LEARNED = f"{MODELS}/{{train}}"  # what is made from one training corpus
TAGGER = f"{LEARNED}/{{system}}/seed{{seed}}"
RESULTS = f"results/{RUN}"
BACKBONE = PARAMS.embed_photos.backbone.replace(":", "-")
WITH_BACKBONE = [n for n, s in PARAMS.train.systems.items() if learns_backbone(s)]
COMPUTE = PARAMS.train.compute.model_dump(exclude={"loaders"})  # they change no result
ON_GPU = int(PARAMS.train.compute.device != "cpu")
EXPORTED = (PARAMS.export.train, PARAMS.export.system, PARAMS.export.seed)
EXPORTED_BACKBONE = ["backbone.safetensors"] * (PARAMS.export.system in WITH_BACKBONE)
REMOVALS = [PARAMS.corpora.removals] if PARAMS.corpora.removals else []
if not REMOVALS and Path("removals.txt").exists():
    REMOVALS = ["removals.txt"]
START = {"glove": [], "random": [], "text": [f"{MODELS}/text_vectors.txt"]}.get(
    PARAMS.embed_tags.start, [PARAMS.embed_tags.start]
)
WORDNET = "data/sources/wordnet/wordnet-base.deb"

# Jobs, on whatever machine they start, compute with the same instructions and import this
# tree's package, not an installed one. Where the mirror lies changes no result, so it is
# no parameter of a rule.
os.environ.update(instruction_set_variables(PARAMS.instruction_set))
os.environ.update({"PYTHONPATH": str(BASE)})
if PARAMS.corpora.mirror:
    os.environ.setdefault("PHOTOTAGS_MIRROR", PARAMS.corpora.mirror)


def one_of(names):
    """A wildcard's closed set; of an empty one nothing is a member, not everything."""
    return "|".join(re.escape(name) for name in names) or "(?!)"


@functools.cache
def imports(path):
    """The modules of phototags that a file imports, as paths."""
    modules = []
    for node in ast.walk(ast.parse((BASE / path).read_text())):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules += [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
    paths = [
        name.replace(".", os.sep) + ".py"
        for name in modules
        if name.startswith("phototags.")
    ]
    return [path for path in paths if (BASE / path).exists()]


def code(name):
    """scripts/NAME.py and every module of phototags that it imports, at any depth.

    An input of each job: Snakemake sees an edited script, but not an edited import.
    """
    script = f"scripts/{name}.py"
    todo, seen = [script], set()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += imports(path)
    return [script, *sorted(seen - {script})]


def settings(section, *without):
    """A section of params as JSON: neither a comment nor a key elsewhere reruns a job.

    Nor does a key that changes no result.
    """
    return json.dumps(section.model_dump(exclude=set(without)), sort_keys=True)


def shards(name):
    """The shards of a corpus: of a fixed size, so that one more shard is one more job."""
    count = -(-CORPORA[name].photos // PARAMS.corpora.shard_photos)
    return [f"{shard:05d}" for shard in range(count)]


def shards_of(name, ending="tar"):
    """The files of a corpus' shards, or what lies beside each."""
    return [f"data/corpora/{name}/shards/{shard}.{ending}" for shard in shards(name)]


def table_settings(wildcards):
    """What params say of a corpus that is the user's own table."""
    name = wildcards.get("corpus") or wildcards.get("collection")
    own = PARAMS.corpora.tables.get(name)
    return json.dumps({name: own.model_dump()} if own else {}, sort_keys=True)


def sources_of(wildcards):
    known = CORPORA[wildcards.corpus]
    return [f"data/sources/{known.folder}/{file}" for file in known.files]


def features_of(name):
    return [
        f"data/features/{BACKBONE}/{name}/{shard}.safetensors" for shard in shards(name)
    ]


def test_tags(wildcards):
    """A corpus' own tags, merged as its vocabulary is where it was learned from itself."""
    if wildcards.test == wildcards.train:
        return f"{MODELS}/{wildcards.train}/tags.parquet"
    return f"data/corpora/{wildcards.test}/tags.parquet"


def start_of(wildcards):
    """The tagger whose layers a system begins with, if it does."""
    if (
        start := getattr(PARAMS.train.systems[wildcards.system], "start", None)
    ) is None:
        return []
    files = ["model.safetensors"]
    files += ["backbone.safetensors"] * (start.system in WITH_BACKBONE)
    return [tagger(start.train, start.system, wildcards.seed, file) for file in files]


def users_of(train, test):
    """What describes the users of a corpus, in a run that describes users."""
    return [f"{MODELS}/{train}/users_{test}.safetensors"] if PARAMS.users else []


def ranked(train):
    """The systems ranked by WARP that learn from a corpus, by name."""
    named = {name: PARAMS.train.systems[name] for of, name in TAGGERS if of == train}
    return {name: one for name, one in named.items() if isinstance(one, Ranked)}


def knowing(train):
    """The names of those that know whose photo it is."""
    return [n for n, one in ranked(train).items() if getattr(one, "descriptors", None)]


def one_of_each(train):
    """The first system of each model among them."""
    first = {}
    for name, one in ranked(train).items():
        first.setdefault(type(one), name)
    return list(first.values())


def learned_split(wildcards):
    """A corpus' split, without near-duplicates where it is learned from."""
    if wildcards.test == wildcards.train:
        return f"{MODELS}/{wildcards.train}/split.parquet"
    return f"data/corpora/{wildcards.test}/split.parquet"


def pairs():
    """(train corpus, test corpus) of every experiment."""
    return list(
        dict.fromkeys((e.train, test) for e in PARAMS.experiments for test in e.test)
    )


def jobs():
    """(train, test, system, seed) of every score."""
    every = [
        (e.train, test, system, seed)
        for e in PARAMS.experiments
        for test in e.test
        for system in e.learning(PARAMS.train.systems)
        for seed in PARAMS.train.seeds
    ]
    return list(dict.fromkeys(every))


def tagger(train, system, seed, file):
    return f"{MODELS}/{train}/{system}/seed{seed}/{file}"


def features_for(train, system, seed, name):
    """What a tagger is shown of a corpus: by the frozen backbone, or by its own."""
    if system not in WITH_BACKBONE:
        return features_of(name)
    files = [f"features/{name}/{shard}.safetensors" for shard in shards(name)]
    return [tagger(train, system, seed, file) for file in files]


def refuse_blind_run():
    """Data without its provenance (a partial `dvc pull`): Snakemake would have only file
    times to go by and would miss changed params, so stop."""
    have = next(
        (p for d in ("data", "models") for p in Path(d).rglob("*") if p.is_file()), None
    )
    kept = (Path(".snakemake") / name for name in ("metadata", "incomplete"))
    if have and not any(path for folder in kept for path in folder.glob("*")):
        raise WorkflowError(
            f"{have} is here, but what it was made from (.snakemake/metadata) is not: "
            "run `dvc pull` (or `dvc checkout`), or remove data/ and models/, then run again"
        )


if workflow.is_main_process and Path("dvc.lock").exists():
    refuse_blind_run()

COMPARED = [  # where a system that knows the user stands beside one that does not
    train
    for train, test in pairs()
    if train == test
    if knowing(train) and Bilinear in map(type, ranked(train).values())
]
TABLES = ["headline", "bridges", "published", "tag_vectors"]
USER_TABLES = [f"{of}_{train}" for train in COMPARED for of in ("users", "user_tags")]
FIGURES = ["scores", "losses"]
FIGURES += [f"{what}_{train}" for train in COMPARED for what in ("users", "tag_curves")]
HISTORIES = [
    tagger(train, system, seed, "history.csv")
    for train, system in TAGGERS
    for seed in PARAMS.train.seeds
]
DROPS = [
    *(f"data/corpora/{name}/drops.tsv" for name in CORPUS_NAMES),
    *(
        f"data/features/{BACKBONE}/{name}/{shard}.drops.tsv"
        for name in CORPUS_NAMES
        for shard in shards(name)
    ),
    *(f"{MODELS}/{train}/duplicates.drops.tsv" for train in TRAIN_NAMES),
    *(
        tagger(train, system, seed, f"scores_{test}.drops.tsv")
        for train, test, system, seed in jobs()
    ),
]
TARGETS = [
    *(f"data/corpora/{name}/spelling.tsv" for name in CORPUS_NAMES),
    *(
        f"{MODELS}/index/{name}.{kind}"
        for name in CORPUS_NAMES
        for kind in ("safetensors", "parquet")
    ),
    f"{MODELS}/tagger/MODEL_CARD.md",
    *(f"{MODELS}/tagger/{file}" for file in EXPORTED_BACKBONE),
    *(f"{RESULTS}/tables/{name}.md" for name in TABLES + USER_TABLES),
    *(f"{RESULTS}/figures/{name}.svg" for name in FIGURES),
    *([f"{RESULTS}/figures/examples.png"] if PARAMS.report.show_photos else []),
    f"{RESULTS}/report.html",
    *(
        tagger(train, system, seed, f"{kind}_{test}.parquet")
        for train, test, system, seed in jobs()
        for kind in ("scores", "predictions")
    ),
    *(path for name in CORPUS_NAMES for path in features_of(name)),
    *(f"data/corpora/{name}/photos.parquet" for name in CORPUS_NAMES),
]
