"""Tables and figures that are made from a run's committed csv files alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.evaluation.metrics.split_means import adjust_holm
from phototags.evaluation.metrics.summary import JOB, MEASURE, nest_metrics, read_scores
from phototags.io.storage import write_json, write_text
from phototags.report.figures.loss_curves import plot_losses
from phototags.report.figures.reliability import plot_reliability
from phototags.report.figures.score_panels import plot_scores
from phototags.report.tables.probabilities import format_probabilities_page
from phototags.report.tables.score_pages import write_tables
from phototags.report.tables.split_pages import write_split_pages
from phototags.report.tables.zero_shot import format_zero_shot

PAGES = ("headline", "bridges", "published", "tag_vectors")
ROUNDING = 2e-6  # of numbers with six decimals, and of their mean


def derive(run: Path, folder: Path, backbone: str) -> None:
    """Write to `folder` all files that a run's csv files determine, by their paths in the run.

    Args:
        run: results/RUN. backbone: of the run's params.
    """
    scores, vectors = read_scores(run / "scores.csv"), read_scores(run / "tag_vectors.csv")
    write_json(folder / "metrics.json", nest_metrics(scores))
    pages = {name: folder / "tables" / f"{name}.md" for name in PAGES}
    write_tables(scores, vectors, pages, backbone)
    plot_scores(scores, folder / "figures/scores.svg")
    plot_losses(pd.read_csv(run / "losses.csv"), folder / "figures/losses.svg")
    tables = run / "tables"
    if (tables / "splits.csv").exists():
        splits, bands, pairs = read_split_tables(run)
        made = folder / "tables/splits.md", folder / "tables/paired.md"
        write_split_pages(splits, bands, pairs, *made, backbone)
    if (tables / "zero_shot.csv").exists():
        text = format_zero_shot(pd.read_csv(tables / "zero_shot.csv"))
        write_text(folder / "tables/zero_shot.md", text)
    if (tables / "reliability.csv").exists():
        reliability = pd.read_csv(tables / "reliability.csv")
        cuts = pd.read_csv(tables / "cuts.csv")
        text = format_probabilities_page(reliability, cuts)
        write_text(folder / "tables/probabilities.md", text)
        plot_reliability(reliability, folder / "figures/reliability.svg")


def read_split_tables(run: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """splits.csv, tag_frequency.csv and paired.csv of a run that has further splits."""
    tables = run / "tables"
    others = (pd.read_csv(tables / f"{name}.csv") for name in ("tag_frequency", "paired"))
    return read_scores(tables / "splits.csv"), *others


def list_impossible_pairs(pairs: pd.DataFrame, splits: pd.DataFrame) -> Iterator[str]:
    """Rows of a paired.csv that cannot be: a line each.

    A difference lies in its interval and is that of the means in splits.csv; p is adjusted over
    the pairs of one metric on one test corpus.
    """
    keys = ["train", "test", "system", "metric", "k"]
    means = splits[splits["seed"] == "mean"].set_index(keys)["value"]
    for (train, test, metric, k), of in pairs.groupby(["train", "test", "metric", "k"], sort=False):
        adjusted = adjust_holm(of["p"].to_numpy())
        for row, right in zip(of.itertuples(), adjusted, strict=True):
            name = f"{metric}@{k} of {row.system} over {row.over}, {train} to {test}"
            own, other = (means[train, test, one, metric, k] for one in (row.system, row.over))
            if not abs(row.difference - (own - other)) <= ROUNDING:
                yield f"{name}: {row.difference} should be {own - other:.6f}, as in splits.csv"
            if not row.low - ROUNDING <= row.difference <= row.high + ROUNDING:
                yield f"{name}: {row.difference} is outside its interval [{row.low}, {row.high}]"
            if not abs(row.adjusted_p - right) <= len(of) * ROUNDING:
                yield f"{name}: adjusted_p {row.adjusted_p} should be {right:.6f}"


def list_impossible(scores: pd.DataFrame) -> Iterator[str]:
    """Rows of a scores.csv or tag_vectors.csv that cannot be: a line each.

    A value lies in its interval, and the row `mean` is the mean of the seeds' rows.
    """
    outside = scores[
        (scores["low"] > scores["value"] + ROUNDING) | (scores["value"] > scores["high"] + ROUNDING)
    ]
    for row in outside.itertuples():
        yield f"{name_row(row)}: {row.value} is outside its interval [{row.low}, {row.high}]"
    keys = [*(name for name in JOB if name != "seed"), *MEASURE]
    seeds = scores[scores["seed"] != "mean"].groupby(keys, sort=False)["value"].mean()
    for row in scores[scores["seed"] == "mean"].itertuples():
        expected = seeds.get(tuple(getattr(row, key) for key in keys), np.nan)
        if not abs(row.value - expected) <= ROUNDING:
            yield f"{name_row(row)}: {row.value} should be the mean of the seeds, {expected:.6f}"


def name_row(row) -> str:
    """Name a row of scores by what was measured."""
    return f"{row.metric}@{row.k} of {row.system}, seed {row.seed}, {row.train} to {row.test}"
