"""Markdown page of the scores of zero-shot search."""

import pandas as pd

from phototags.report.markdown import format_page, format_table

EXPLANATION = (
    "Search by words that no photo of the training part had as a tag, and by whole phrases. A "
    "ridge regression predicts the text vector of a photo's tags, or of its captions, from its "
    "features; settings are chosen on training and validation photos. Intervals of 95 % are "
    "over resamples of users (mAP, captions), tags or words (the others)."
)
UNSEEN = (
    "Tags are held out of training altogether, a fifth at a time, and rank the test photos. "
    "Chance: the share of photos that have the tag; a random order has a higher mAP, since a "
    "rare tag may come first by luck. P@1: how often the first photo has the tag. Found: the "
    "tags for which a photo reaches the cut; refused: common words that no text of the corpus "
    "uses, for which none does. The cut is the cosine that 95 % of such words do not reach on "
    "photos of the training and validation parts; other words test it."
)
CAPTIONS = (
    "The first caption of each test photo ranks all of them: how often its own photo is first, "
    "or among the first ten, and its median rank. The sum of words places each word alone."
)
UNSEEN_COLUMNS = {
    "map": "mAP", "chance": "chance", "random": "random order", "times_chance": "times chance",
    "precision": "P@1", "admitted": "found", "refused": "refused",
}  # fmt: skip
CAPTION_COLUMNS = {"recall_1": "R@1", "recall_10": "R@10", "median_rank": "median rank"}
PLAIN = {"times_chance", "median_rank"}


def format_zero_shot(scores: pd.DataFrame) -> str:
    """zero_shot.md: unseen tags by encoder, and whole captions beside sums of their words.

    Args:
        scores: `train` and the columns of `evaluation.zero_shot.score`.
    """
    parts = []
    for train, of in scores.groupby("train", sort=False):
        unseen = of[of["query"] == "unseen tag"]
        first = unseen.iloc[0]
        parts += [
            f"## {train}",
            f"{first['queries']:,} tags on {first['photos']:,} test photos.",
            _format_rows(unseen, ["encoder"], UNSEEN_COLUMNS),
        ]
        captions = of[of["query"] != "unseen tag"]
        if len(captions):
            parts += [
                f"{captions.iloc[0]['photos']:,} photos, by a caption each:",
                _format_rows(captions, ["learned_from", "query"], CAPTION_COLUMNS),
            ]
    captioned = (scores["query"] != "unseen tag").any()
    explained = [EXPLANATION, UNSEEN, CAPTIONS if captioned else ""]
    return format_page("Zero-shot search", *explained, *parts)


def _format_rows(scores: pd.DataFrame, keys: list[str], columns: dict[str, str]) -> str:
    rows = []
    for names, of in scores.groupby(keys, sort=False):
        by_metric = of.set_index("metric")
        rows.append([*names, *(_format_cell(by_metric.loc[name], name) for name in columns)])
    head = [key.replace("_", " ") for key in keys]
    return format_table([*head, *columns.values()], rows, words=len(keys))


def _format_cell(row: pd.Series, metric: str) -> str:
    """A value with its interval, in percent where it is a share."""
    scale = 1 if metric in PLAIN else 100
    value = f"{scale * row['value']:.1f}"
    if pd.isna(row["low"]):
        return value
    return f"{value} [{scale * row['low']:.1f}, {scale * row['high']:.1f}]"
