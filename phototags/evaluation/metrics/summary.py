"""The scores of a run in one tidy table: each seed, and the mean of the seeds."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.errors import CorpusError
from phototags.evaluation.metrics.all_metrics import perfect_score
from phototags.evaluation.metrics.resamples import confidence_interval

JOB = ["train", "test", "system", "seed"]
MEASURE = ["bridge", "metric", "k"]
COLUMNS = [*JOB, *MEASURE, "value", "low", "high", "photos", "tags"]
DECIMALS = 6

NAMES = {
    ("precision", 1): "P@1",
    ("precision", 5): "P@5",
    ("recall", 5): "R@5",
    ("recall", 10): "R@10",
    ("accuracy", 10): "A@10",
    ("miap", 0): "MiAP",
    ("f1_of_means", 5): "F1 of means",
    ("mean_f1", 5): "mean F1",
    ("n_plus", 5): "N+",
    ("map", 0): "mAP",
}
"""The main metrics of a run, by (metric, k), and their names in tables."""


def summarise_scores(files: Sequence[Path | str], jobs: Sequence[Sequence]) -> pd.DataFrame:
    """Collect the scores of the taggers of a run, in the order of its jobs.

    Args:
        files: of `score_tagger`: bridge, metric, k, value, photos, tags, replicates.
        jobs: [train, test, system, seed] of each file.

    Returns:
        COLUMNS; a row for each seed (as text) and a row for seed `mean`, whose interval comes
        from the mean of the seeds' replicates: the uncertainty of the mean of these seeds that
        is due to the sample of users. Numbers have six decimals.

    Raises:
        CorpusError: when the seeds of one system were scored on different photos or tags.
    """
    return _tidy((job, pd.read_parquet(file)) for file, job in zip(files, jobs, strict=True))


def summarise_tag_vectors(
    files: Sequence[Path | str], pairs: Sequence[Sequence[str]]
) -> pd.DataFrame:
    """Collect the scores of the tag vectors of a run; see `summarise_scores`.

    Args:
        files: of `score_tag_vectors`, with system and seed in each row.
        pairs: [train, test] of each file.
    """
    return _tidy(
        ((train, test, system, seed), scores)
        for file, (train, test) in zip(files, pairs, strict=True)
        for (system, seed), scores in pd.read_parquet(file).groupby(["system", "seed"], sort=False)
    )


def _tidy(scored: Iterable[tuple[Sequence, pd.DataFrame]]) -> pd.DataFrame:
    """COLUMNS of scores, each with the (train, test, system, seed) that it belongs to."""
    seeds: dict[tuple, dict[str, pd.DataFrame]] = {}
    for (*names, seed), scores in scored:
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
    columns = [*MEASURE, "photos", "tags"]
    if not all(first[columns].equals(other[columns]) for other in others):
        raise CorpusError(
            f"the seeds {', '.join(by_seed)} of {names[2]}, trained on {names[0]}, should be "
            f"scored on the same photos and tags of {names[1]}, but are not. "
            "Remove their scores in models/ and run `make results` again."
        )
    values = np.mean([seed["value"] for seed in by_seed.values()], axis=0)
    rows = zip(*(seed["replicates"] for seed in by_seed.values()), strict=True)
    replicates = [np.mean(row, axis=0, dtype=np.float64) for row in rows]
    return first[columns].assign(value=values, replicates=replicates)


def _with_intervals(scores: pd.DataFrame) -> pd.DataFrame:
    intervals = [
        confidence_interval(row.value, row.replicates, perfect_score(row.metric, row.tags))
        for row in scores.itertuples()
    ]
    low, high = zip(*intervals, strict=True) if intervals else ((), ())
    columns = {"value": scores["value"], "low": low, "high": high}
    rounded = {name: np.round(np.asarray(of, float), DECIMALS) for name, of in columns.items()}
    return scores[[*MEASURE, "photos", "tags"]].assign(**rounded)


def read_scores(path: Path | str) -> pd.DataFrame:
    """Read a scores.csv, seeds as text."""
    return pd.read_csv(path, dtype={"seed": str})


def mean_rows(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of the mean over seeds."""
    return scores[scores["seed"] == "mean"]


def first_bridge_rows(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first bridge of each pair of corpora: `exact` wherever it is used."""
    first = scores.groupby(["train", "test"], sort=False)["bridge"].transform("first")
    return scores[scores["bridge"] == first]


def nest_metrics(scores: pd.DataFrame) -> dict:
    """Nest the means of the main metrics for `dvc metrics diff`.

    Returns:
        {train: {test: {system: {"precision@1": ..., "map": ...}}}}.
    """
    tree: dict = {}
    for row in first_bridge_rows(mean_rows(scores)).itertuples():
        if (row.metric, row.k) in NAMES:
            systems = tree.setdefault(row.train, {}).setdefault(row.test, {})
            systems.setdefault(row.system, {})[metric_name(row.metric, row.k)] = row.value
    return tree


def metric_name(metric: str, k: int) -> str:
    """The metric's name in metrics.json.

    >>> metric_name("precision", 1), metric_name("map", 0), metric_name("n_plus", 5)
    ('precision@1', 'map', 'n_plus@5')
    """
    return f"{metric}@{k}" if k else metric
