"""All scores of a run in one tidy table: every seed, and the mean of the seeds."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.errors import CorpusError
from phototags.evaluation.metrics.all_metrics import perfect_score
from phototags.evaluation.metrics.bootstrap import interval

JOB = ["train", "test", "system", "seed"]
MEASURE = ["bridge", "metric", "k"]
COLUMNS = [*JOB, *MEASURE, "value", "low", "high", "photos", "tags"]
DECIMALS = 6

HEADLINE = (
    ("precision", 1),
    ("precision", 5),
    ("recall", 5),
    ("recall", 10),
    ("accuracy", 10),
    ("miap", 0),
    ("f1_of_means", 5),
    ("mean_f1", 5),
    ("n_plus", 5),
    ("map", 0),
)
"""The metrics that a run is judged by first, as (metric, k)."""


def scores_table(files: Sequence[Path | str], jobs: Sequence[Sequence]) -> pd.DataFrame:
    """The tidy scores of the taggers of a run, in the order of its jobs.

    Args:
        files: what `score_tagger` wrote: bridge, metric, k, value, photos, tags, replicates.
        jobs: [train, test, system, seed] of each file.

    Returns:
        COLUMNS; a row for each seed (as text) and a row for seed `mean`, whose interval comes
        from the mean of the seeds' replicates: it says how sure the photos make the mean of
        these seeds. Numbers have six decimals.

    Raises:
        CorpusError: when the seeds of one system were judged on different photos or tags.
    """
    return _tidy((job, pd.read_parquet(file)) for file, job in zip(files, jobs, strict=True))


def tag_vectors_table(files: Sequence[Path | str], pairs: Sequence[Sequence[str]]) -> pd.DataFrame:
    """The tidy scores of the tag vectors of a run; see `scores_table`.

    Args:
        files: what `judge_tags` wrote; besides a row's scores, its system and seed.
        pairs: [train, test] of each file.
    """
    return _tidy(
        ((train, test, system, seed), scores)
        for file, (train, test) in zip(files, pairs, strict=True)
        for (system, seed), scores in pd.read_parquet(file).groupby(["system", "seed"], sort=False)
    )


def _tidy(judged: Iterable[tuple[Sequence, pd.DataFrame]]) -> pd.DataFrame:
    """COLUMNS of scores, each with the (train, test, system, seed) that it belongs to."""
    seeds: dict[tuple, dict[str, pd.DataFrame]] = {}
    for (*names, seed), scores in judged:
        seeds.setdefault(tuple(names), {})[str(seed)] = scores.reset_index(drop=True)
    frames = [
        _with_intervals(scores).assign(**dict(zip(JOB, (*names, seed), strict=True)))
        for names, by_seed in seeds.items()
        for seed, scores in [*by_seed.items(), ("mean", _mean_of(names, by_seed))]
    ]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True)[COLUMNS]


def _mean_of(names: tuple, by_seed: dict[str, pd.DataFrame]) -> pd.DataFrame:
    first, *others = by_seed.values()
    judged = [*MEASURE, "photos", "tags"]
    for other in others:
        if not first[judged].equals(other[judged]):
            raise CorpusError(
                f"the seeds {', '.join(by_seed)} of {names[2]}, trained on {names[0]}, should be "
                f"judged on the same photos and tags of {names[1]}, but are not. "
                "Remove their scores in models/ and run `make results` again."
            )
    values = np.mean([seed["value"] for seed in by_seed.values()], axis=0)
    rows = zip(*(seed["replicates"] for seed in by_seed.values()), strict=True)
    replicates = [np.mean(row, axis=0, dtype=np.float64) for row in rows]
    return first[judged].assign(value=values, replicates=replicates)


def _with_intervals(scores: pd.DataFrame) -> pd.DataFrame:
    intervals = [
        interval(row.value, row.replicates, perfect_score(row.metric, row.tags))
        for row in scores.itertuples()
    ]
    low, high = zip(*intervals, strict=True) if intervals else ((), ())
    rounded = {"value": scores["value"], "low": low, "high": high}
    return scores[[*MEASURE, "photos", "tags"]].assign(
        **{
            name: np.round(np.asarray(numbers, float), DECIMALS)
            for name, numbers in rounded.items()
        }
    )


def read_scores(path: Path | str) -> pd.DataFrame:
    """A scores.csv, its seeds as text."""
    return pd.read_csv(path, dtype={"seed": str})


def means(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of the mean over seeds."""
    return scores[scores["seed"] == "mean"]


def strictest(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first bridge of each pair of corpora: `exact` wherever it was asked for."""
    first = scores.groupby(["train", "test"], sort=False)["bridge"].transform("first")
    return scores[scores["bridge"] == first]


def metrics_tree(scores: pd.DataFrame) -> dict:
    """Means of the headline metrics, nested for `dvc metrics diff`.

    Returns:
        {train: {test: {system: {"precision@1": ..., "map": ...}}}}.
    """
    tree: dict = {}
    for row in strictest(means(scores)).itertuples():
        if (row.metric, row.k) in HEADLINE:
            systems = tree.setdefault(row.train, {}).setdefault(row.test, {})
            systems.setdefault(row.system, {})[metric_name(row.metric, row.k)] = row.value
    return tree


def metric_name(metric: str, k: int) -> str:
    """The metric's name in metrics.json.

    >>> metric_name("precision", 1), metric_name("map", 0), metric_name("n_plus", 5)
    ('precision@1', 'map', 'n_plus@5')
    """
    return f"{metric}@{k}" if k else metric
