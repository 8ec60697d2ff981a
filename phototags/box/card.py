"""MODEL_CARD.md of the tagger in the box."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import phototags
from phototags.corpora.corpus_registry import CORPORA
from phototags.io.storage import write_text
from phototags.report.markdown import format_page, format_table
from phototags.systems.tagger import read_config
from phototags.tag_vectors.zero_shot_model import ZeroShot
from phototags.tags.vocabulary import read_vocabulary
from phototags.weights.checkpoints import CHECKPOINTS
from phototags.weights.fetch import list_checkpoints

TOP_WORDS = 20
USE = (
    "`phototags tag PHOTO...` uses it where no `--model` is named. At its first use the weights of "
    "its network are fetched: {weights}. They are safetensors; no file is run as code."
)
WHAT = (
    "One logistic regression a word on {features:,} features of the frozen network `{backbone}`. A "
    "word learns from the photos of the corpora that know it, and from no others; its penalty was "
    "chosen on photos left out. {words:,} words: nouns of WordNet, plurals and verbs' forms "
    "merged, that {min_photos} photos or more have and that photos left out tell from chance. The "
    "most frequent: {top}."
)
SCORES = (
    "On test photos of each corpus, which nothing was fitted or chosen on; each photo is judged on "
    "the words that its corpus knows. Given are the tags above the cut of "
    "`phototags tag --precision {wanted:g}`; a tag that nobody wrote counts as wrong, though it "
    "may be true. In percent but for tags a photo; the calibration error is best at 0."
)
KEPT = (
    "Of {photos:.0f} test photos of `{corpus}` shown {width} pixels wide, {share:.1f} % of the "
    "first five tags stay. The {directions} directions along which the features of training "
    "photos move most when these are reduced are used by no word."
)
SEARCH = (
    "`zero_shot.safetensors` places words and phrases that were not learned among the photos, by "
    "their vectors of the text encoder `{encoder}`: a map learned from the {source} of "
    "`{corpus}`'s training photos. Words that mean nothing on photos find no match: the cut is the "
    "cosine that 95 % of words that no text of `{corpus}` uses do not reach."
)
TERMS = (
    "The code is Apache-2.0. The photos were for research only, so take the weights of the words "
    "for research and trials only, until you have asked a lawyer: what the corpora's owners ask "
    "for, such as citing them, holds for what was learned from their photos too. No photo is in "
    "this folder."
)
LIMITS = (
    "Its probabilities say how often people like those who tagged the training photos write a "
    "word, which is less often than the word is true.",
    "It repeats what these people found worth a word, including their prejudices: do not use it to "
    "judge or recognise people.",
    "It was trained on photographs. Drawings are better served by the tagger of `make results`.",
)


def write_box_card(
    folder: Path | str, card: Path | str, scores: pd.DataFrame, zero_shot: ZeroShot, corpus: str
) -> None:
    """Write the card; every number comes from the tagger's folder and from `score_box`.

    Args:
        zero_shot: the model that places other words. corpus: that it was learned from.
    """
    config = read_config(folder)
    words = read_vocabulary(Path(folder) / "vocabulary.tsv").tags
    write_text(card, format_box_card(config, words, scores, zero_shot, corpus))


def format_box_card(
    config: dict, words: Sequence[str], scores: pd.DataFrame, zero_shot: ZeroShot, corpus: str
) -> str:
    """The card in Markdown.

    Args:
        config: the tagger's. words: most photos first. scores: of `score_box`.
        zero_shot, corpus: as `write_box_card` takes them.
    """
    search = SEARCH.format(encoder=zero_shot.encoder, source=zero_shot.source, corpus=corpus)
    known = [CHECKPOINTS[name] for name in list_checkpoints(config["backbone"])]
    weights = "; ".join(f"{one.title}, {one.megabytes} MB, licence {one.licence}" for one in known)
    what = WHAT.format(
        words=len(words),
        features=config["features"],
        backbone=config["backbone"],
        min_photos=config["min_photos"],
        top=", ".join(words[:TOP_WORDS]),
    )
    return format_page(
        "The tagger of photographs that comes with phototags",
        f"Made by `make box` with phototags {phototags.__version__}.",
        f"## How to use it\n\n{USE.format(weights=weights or 'none')}",
        f"## What it is\n\n{what}\n\n{search}",
        "## Training data\n\n"
        + "\n".join(describe_corpus(name, photos) for name, photos in config["photos"].items()),
        f"## Scores\n\n{SCORES.format(wanted=scores['wanted'].iloc[0])}",
        tabulate_scores(scores),
        *(
            format_kept(config["size_invariance"], one.resized, one.kept_at_5)
            for one in scores.dropna(subset="resized").itertuples()
        ),
        "## What may be done with it\n\n" + TERMS,
        "## Limits\n\n" + "\n".join(f"- {limit}" for limit in LIMITS),
    )


def format_kept(settings: dict, photos: float, share: float) -> str:
    """What happens to the first tags of smaller photos.

    Args:
        settings: `size_invariance`. photos, share: `resized` and `kept_at_5` of `score_box`.
    """
    return KEPT.format(**settings | {"photos": photos, "share": 100 * share})


def describe_corpus(name: str, photos: int) -> str:
    """A line of the list of corpora: photos learned from, licence, citation."""
    corpus = CORPORA.get(name)
    if corpus is None:
        return f"- `{name}`, {photos:,} photos, under the terms of whoever has them."
    return f"- `{name}`, {photos:,} photos. Licence: {corpus.licence}. {corpus.citation}."


def tabulate_scores(scores: pd.DataFrame) -> str:
    """A row for each corpus, and one for all their photos together."""
    shares = ["precision", "recall", "precision_at_5", "miap", "map", "calibration_error"]
    head = ["photos of", "photos", "words", "tags a photo", "known to the corpus", "precision"]
    head += ["recall", "precision of the first 5", "MiAP", "mAP", "calibration error"]
    rows = [
        [f"`{one.corpus}`" if one.corpus != "all" else "all", f"{one.photos:,}", f"{one.words:,}"]
        + [f"{one.tags_per_photo:.1f}", f"{one.known_per_photo:.1f}"]
        + [
            "" if pd.isna(value) else f"{100 * value:.1f}"
            for value in map(one._asdict().get, shares)
        ]
        for one in scores.itertuples(index=False)
    ]
    return format_table(head, rows)
