"""MODEL_CARD.md: what a tagger learned from, how well it does, what it cannot do."""

import json
from collections.abc import Mapping, Sequence

import pandas as pd

import phototags
from phototags.corpora.corpus_registry import CORPORA
from phototags.evaluation.metrics.summary import strictest
from phototags.params.pages import Export
from phototags.report.tables.cells import INTERVALS, MEANING, NAMES, with_interval
from phototags.report.tables.headline import heading
from phototags.report.tables.markdown import page, table

SHOWN = (("precision", 1), ("recall", 5), ("accuracy", 10), ("miap", 0), ("n_plus", 5), ("map", 0))
HOW = (
    "`phototags tag PHOTO... --model FOLDER` with this folder, or in Python "
    "`phototags.export.tag_photos.read_exported(FOLDER)`. The weights are safetensors; nothing in "
    "the folder is run as code."
)
LIMITS = (
    "It knows the tags of vocabulary.tsv and no other word. It was taught by people who wrote "
    "what they cared for, so a missing tag was never a sure no.",
    "Its scores put a photo's tags in order. They are no probabilities.",
    "It repeats what its contributors found worth a word, their tastes and prejudices included: "
    "it is not for judging or recognising people.",
    "How it does on pictures of another kind than it learned from, only the rows of another test "
    "corpus say; fewer words are easier, so compare the systems within a corpus.",
)
COMMONEST = 20


def model_card(
    run: str, export: Export, config: Mapping, tags: Sequence[str], scores: pd.DataFrame
) -> str:
    """The card in Markdown; every number in it comes from the arguments.

    Args:
        config: the tagger's config.json.
        tags: its vocabulary, commonest first.
        scores: scores.csv, seeds as text.
    """
    return page(
        f"The tagger of the run `{run}`",
        "Gives a picture the tags that people would write for it. Made by phototags "
        f"{phototags.__version__}.",
        f"## How to use it\n\n{HOW}",
        f"## What it is\n\nSystem `{export.system}`, trained on `{export.train}` with seed "
        f"{export.seed}, over the {config['features']:,} features that `{config['backbone']}`, "
        f"{backbone_was(config)}, gives a picture. {len(tags):,} tags; the commonest: "
        f"{', '.join(tags[:COMMONEST])}.",
        f"```json\n{json.dumps(config['system'], indent=1, sort_keys=True)}\n```",
        f"## What it learned from\n\n{data(export.train)}{counted(config)}",
        f"## How well it does\n\n{judged(export, scores)}",
        f"{MEANING} {INTERVALS}",
        "## What it cannot do\n\n" + "\n".join(f"- {limit}" for limit in LIMITS),
        "## Licence\n\nThe code is Apache-2.0. The weights were learned from the pictures above: "
        "what their licence asks for, such as naming the authors, holds for them too.",
    )


def backbone_was(config: Mapping) -> str:
    """What became of the backbone, in a few words."""
    learned = config["system"].get("backbone") == "trained"
    return "which learned too (`backbone.safetensors`)" if learned else "frozen"


def data(train: str) -> str:
    """The training corpus, its licence and whom to thank."""
    corpus = CORPORA.get(train)
    if corpus is None:
        return f"The corpus `{train}`, pictures of whoever trained it, under their own terms."
    return f"The corpus `{train}`. Licence: {corpus.licence}. To be cited: {corpus.citation}."


def counted(config: Mapping) -> str:
    """How many photos taught it, where the config says so."""
    parts = config.get("photos", {})
    photos = parts.get("train", 0)
    if config["system"].get("refit"):
        photos += parts.get("validation", 0)
    return f" {photos:,} photos with a known tag taught it." if photos else ""


def judged(export: Export, scores: pd.DataFrame) -> str:
    """A row for each test corpus: this tagger, its system's mean, and the controls' means."""
    ours = strictest(scores[scores["train"] == export.train])
    rows = []
    for (train, test, system, seed), of in ours.groupby(
        ["train", "test", "system", "seed"], sort=False
    ):
        this = (system, seed) == (export.system, str(export.seed))
        if not this and seed != "mean":
            continue
        by_metric = of.set_index(["metric", "k"], drop=False)
        cells = [
            with_interval(by_metric.loc[measure]) if measure in by_metric.index else ""
            for measure in SHOWN
        ]
        name = f"**{system}, seed {seed}: this tagger**" if this else f"{system}, mean of seeds"
        rows.append([heading(train, test), name, *cells])
    return table(["test", "system", *(NAMES[measure] for measure in SHOWN)], rows, words=2)
