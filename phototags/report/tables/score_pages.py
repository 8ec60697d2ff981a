"""Markdown pages of a run's scores: headline, bridges and tag vectors."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from phototags.evaluation.metrics.summary import NAMES, first_bridge_rows, mean_rows
from phototags.io.storage import write_text
from phototags.params.score import UNSEEN
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import (
    INTERVALS,
    MEANING,
    format_interval,
    format_pair,
    format_seeds,
)
from phototags.report.tables.published import format_published
from phototags.weights.fetch import describe_pretraining

BRIDGE_MEASURES = [
    ("precision", 1), ("recall", 5), ("miap", 0), ("mean_f1", 5), ("n_plus", 5), ("map", 0)
]  # fmt: skip
BRIDGES = (
    "A bridge maps a model's tags to the words of another corpus: `exact` by equal spelling, "
    "`lemma` by the same noun (horses, horse), `synset` by the same meaning in WordNet, "
    "`embedding` by the nearest text vector, where WordNet has the tag as a synonym of the word or "
    "above it. A wider bridge maps more words and more photos, so "
    "its scores are for another and often harder task: compare systems within a bridge, not "
    "bridges by a score alone."
)
UNSEEN_BRIDGES = (
    "Bridges of unseen words extend `synset`: taggers with tag vectors also score the words "
    "without a tag, by a vector for the word. `transport` maps the word's text vector as training "
    "moved those of the tags, `scale` shortens its text vector (if tag vectors are as wide), "
    "`subword` predicts a vector from its spelling. Other taggers rank these words last."
)
COMPLETION_MEASURES = {("recall", 10): "R@10", ("mrr", 0): "MRR"}
COMPLETION = (
    "One tag of each test photo is hidden and predicted from the others. R@10: how often it is "
    "among the first ten of the tags that are not shown; MRR: the mean reciprocal rank. In "
    "percent, ties count against the predictor. Baselines: `frequency` predicts the most "
    "frequent tags, `cooccurrence` sums P(tag | shown tag) as counted on the training photos. "
    "`nearest` uses the cosine to the vectors of the shown tags, as `phototags near` does, "
    "`text-nearest` the same before training; `tag-vectors` uses the training objective: tag "
    "times context vector, plus the log count. On another corpus the tags are those that both "
    "corpora spell alike."
)


def write_tables(
    scores: pd.DataFrame, tag_vectors: pd.DataFrame, paths: Mapping[str, Path], backbone: str
) -> None:
    """Write the pages of a run.

    Args:
        scores, tag_vectors: of scores.csv and tag_vectors.csv.
        paths: by page: `headline`, `bridges`, `published`, `tag_vectors`.
        backbone: whose pretraining the pages of photos' scores mention.
    """
    note = describe_pretraining(backbone)
    note = f"\n{note}\n" if note else ""
    pages = {
        "headline": format_headline(scores) + note,
        "bridges": format_bridges(scores) + note,
        "published": format_published(scores) + note,
        "tag_vectors": format_tag_vectors(tag_vectors),
    }
    for name, path in paths.items():
        write_text(path, pages[name])


def format_headline(scores: pd.DataFrame) -> str:
    """headline.md: each system on each test corpus by the first bridge."""
    parts = []
    for (train, test), of in first_bridge_rows(mean_rows(scores)).groupby(
        ["train", "test"], sort=False
    ):
        same = scores[(scores["train"] == train) & (scores["test"] == test)]
        first = of.iloc[0]
        words = "its own words" if train == test else f"bridge {first['bridge']}"
        parts += [
            f"## {format_pair(train, test)}",
            f"{first['photos']:,} test photos, {first['tags']:,} words that one of them has "
            f"({words}), {format_seeds(same)}.",
            format_table(["system", *NAMES.values()], score_rows(of)),
        ]
    return format_page("Scores", f"{MEANING} {INTERVALS}", *parts)


def score_rows(mean: pd.DataFrame) -> list[list[str]]:
    """A row for each system: its name, and a score with its interval for each of NAMES."""
    return [
        [system, *(format_interval(rows.loc[measure]) for measure in NAMES)]
        for system, of in mean.groupby("system", sort=False)
        for rows in [of.set_index(["metric", "k"], drop=False)]
    ]


def format_bridges(scores: pd.DataFrame) -> str:
    """bridges.md: every bridge of every pair of two corpora."""
    mean = mean_rows(scores)
    across = mean[mean["train"] != mean["test"]]
    if across.empty:
        return format_page(
            "Bridges", BRIDGES, "Every test corpus of this run has the model's words."
        )
    parts = []
    for (train, test), of in across.groupby(["train", "test"], sort=False):
        parts += [f"## {format_pair(train, test)}", _bridge_table(of)]
    unseen = [UNSEEN_BRIDGES] * bool(set(across["bridge"]) & set(UNSEEN))
    return format_page("Bridges", " ".join([BRIDGES, *unseen, INTERVALS]), *parts)


def _bridge_table(of: pd.DataFrame) -> str:
    rows = []
    for (bridge, system), cells in of.groupby(["bridge", "system"], sort=False):
        by_metric = cells.set_index(["metric", "k"], drop=False)
        first = cells.iloc[0]
        rows.append(
            [bridge, system, f"{first['tags']:,}", f"{first['photos']:,}"]
            + [format_interval(by_metric.loc[measure]) for measure in BRIDGE_MEASURES]
        )
    rows.sort(key=lambda row: list(dict.fromkeys(of["bridge"])).index(row[0]))
    names = [NAMES[measure] for measure in BRIDGE_MEASURES]
    return format_table(["bridge", "system", "words", "photos", *names], rows, words=2)


def format_tag_vectors(scores: pd.DataFrame) -> str:
    """tag_vectors.md of a tag_vectors.csv."""
    mean = mean_rows(scores)
    if mean.empty:
        return format_page(
            "Tag vectors", "No test photo of this run has two tags of the vocabulary."
        )
    parts = []
    for (train, test), of in mean.groupby(["train", "test"], sort=False):
        first = of.iloc[0]
        counts = (
            f"{first['photos']:,} test photos with two tags or more of {first['tags']:,}, "
            f"{format_seeds(scores)}."
        )
        rows = [
            [system, *(format_interval(cells.loc[measure]) for measure in COMPLETION_MEASURES)]
            for system, own in of.groupby("system", sort=False)
            for cells in [own.set_index(["metric", "k"], drop=False)]
        ]
        table = format_table(["", *COMPLETION_MEASURES.values()], rows)
        parts += [f"## {format_pair(train, test)}", counts, table]
    intervals = INTERVALS.replace("scores.csv", "tag_vectors.csv")
    return format_page("Tag vectors", f"{COMPLETION} {intervals}", *parts)
