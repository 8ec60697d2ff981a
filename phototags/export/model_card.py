"""MODEL_CARD.md: training data, licences, scores and limits of an exported tagger."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

import phototags
from phototags.corpora.corpus_registry import CORPORA
from phototags.evaluation.metrics.summary import NAMES, first_bridge_rows, read_scores
from phototags.export.choose_tagger import format_ranking
from phototags.io.storage import write_text
from phototags.params.pages import Export
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import INTERVALS, MEANING, format_interval
from phototags.report.tables.probabilities import format_probabilities
from phototags.report.tables.score_pages import format_pair
from phototags.tags.vocabulary import read_vocabulary
from phototags.weights.fetch import describe_pretraining

MEASURES = (
    *(("precision", 1), ("recall", 5), ("accuracy", 10)),
    *(("miap", 0), ("n_plus", 5), ("map", 0)),
)
"""Columns of the score table, as (metric, k)."""
USE = (
    "`phototags tag PHOTO... --model FOLDER` with this folder, or in Python "
    "`phototags.export.tag_photos.load_exported(FOLDER)`. The weights are safetensors; no file "
    "in the folder is run as code."
)
LIMITS = (
    "It knows the tags of vocabulary.tsv and no other word. The people who wrote its training "
    "tags wrote what they cared for, so a missing tag never meant a sure no.",
    "Its probabilities say how often people who are like its validation users write the tag, "
    "which is less often than the tag is true.",
    "It repeats what its contributors found worth a word, including their tastes and prejudices: "
    "do not use it to judge or recognise people.",
    "How well it does on other kinds of pictures than its training pictures, only the rows of "
    "another test corpus show. Fewer tags are easier, so compare systems within one corpus.",
)
TOP_TAGS = 20


HeldOut = tuple[pd.DataFrame, pd.DataFrame]
"""Reliability and cuts on test photos, of `score_probabilities`."""


def write_model_card(
    folder: Path | str,
    run: str,
    export: Export,
    scores: Path | str,
    held_out: HeldOut,
    choice: Path | str | None = None,
) -> None:
    """Write MODEL_CARD.md into the folder of an exported tagger.

    Args:
        folder: holds its config.json and vocabulary.tsv.
        run: name of the run.
        export: which of the run's taggers it is.
        scores: scores.csv of the run.
        held_out: how well its probabilities hold.
        choice: choice.json, where validation chose the system; None where the params named it.
    """
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    ranking = ()
    if choice:
        chosen = json.loads(Path(choice).read_text(encoding="utf-8"))
        export = export.model_copy(update={"system": chosen["system"]})
        ranking = chosen["ranking"]
    tags = read_vocabulary(folder / "vocabulary.tsv").tags
    card = format_model_card(run, export, config, tags, read_scores(scores), held_out, ranking)
    write_text(folder / "MODEL_CARD.md", card)


def format_model_card(
    run: str,
    export: Export,
    config: Mapping,
    tags: Sequence[str],
    scores: pd.DataFrame,
    held_out: HeldOut,
    ranking: Sequence[tuple[str, float]] = (),
) -> str:
    """The card in Markdown; every number in it comes from the arguments.

    Args:
        config: the tagger's config.json.
        tags: its vocabulary, most frequent first.
        scores: scores.csv, seeds as text.
        held_out: of `score_probabilities`.
        ranking: validation mAP of the systems it was chosen from; empty where it was named.
    """
    trained = config["system"].get("backbone") == "trained"
    backbone = "trained too (`backbone.safetensors`)" if trained else "frozen"
    return format_page(
        f"The tagger of the run `{run}`",
        "Gives a picture the tags that people would write for it. Made by phototags "
        f"{phototags.__version__}.",
        f"## How to use it\n\n{USE}",
        f"## What it is\n\nSystem `{export.system}`, trained on `{export.train}` with seed "
        f"{export.seed}{describe_choice(ranking)}, on the {config['features']:,} features of the "
        f"backbone `{config['backbone']}`, {backbone}. {len(tags):,} tags; the most frequent: "
        f"{', '.join(tags[:TOP_TAGS])}.",
        f"```json\n{json.dumps(config['system'], indent=1, sort_keys=True)}\n```",
        f"## Training data\n\n{describe_corpus(export.train)}{count_photos(config)}",
        f"## Scores\n\n{tabulate_scores(export, scores)}",
        f"{MEANING} {INTERVALS} {describe_pretraining(config['backbone'])}".strip(),
        "## Probabilities",
        *format_probabilities(*held_out),
        "## Limits\n\n" + "\n".join(f"- {limit}" for limit in LIMITS),
        "## Licence\n\nThe code is Apache-2.0. The weights were trained on the pictures above: "
        "what their licence asks for, such as naming the authors, holds for the weights too.",
    )


def describe_choice(ranking: Sequence[tuple[str, float]]) -> str:
    """By what the system was chosen; nothing where the params named it."""
    if not ranking:
        return ""
    return f" (chosen by mAP on validation photos, mean of seeds: {format_ranking(ranking)})"


def describe_corpus(train: str) -> str:
    """The training corpus, its licence and its citation."""
    corpus = CORPORA.get(train)
    if corpus is None:
        return f"The corpus `{train}`, pictures of whoever trained it, under their own terms."
    return f"The corpus `{train}`. Licence: {corpus.licence}. Citation: {corpus.citation}."


def count_photos(config: Mapping) -> str:
    """A sentence with the number of training photos, where the config has it."""
    parts = config.get("photos", {})
    photos = parts.get("train", 0)
    if config["system"].get("refit"):
        photos += parts.get("validation", 0)
    return f" It was trained on {photos:,} photos with a known tag." if photos else ""


def tabulate_scores(export: Export, scores: pd.DataFrame) -> str:
    """A row per test corpus for this tagger, and for the mean of seeds of each system."""
    ours = first_bridge_rows(scores[scores["train"] == export.train])
    rows = []
    for (train, test, system, seed), group in ours.groupby(
        ["train", "test", "system", "seed"], sort=False
    ):
        this = (system, seed) == (export.system, str(export.seed))
        if not this and seed != "mean":
            continue
        by_metric = group.set_index(["metric", "k"], drop=False)
        cells = [
            format_interval(by_metric.loc[measure]) if measure in by_metric.index else ""
            for measure in MEASURES
        ]
        name = f"**{system}, seed {seed}: this tagger**" if this else f"{system}, mean of seeds"
        rows.append([format_pair(train, test), name, *cells])
    return format_table(
        ["test", "system", *(NAMES[measure] for measure in MEASURES)], rows, words=2
    )
