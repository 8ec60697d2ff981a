"""Means of scores over several splits of a corpus, their intervals, and paired tests.

The splits of a corpus have users and training photos in common, so that their scores are no
independent observations. Two sources of variance are added:

- of the users who are tested: resamples leave the same users out of the test photos of every
  split, and the mean over the splits is computed again (delete-d jackknife, `resamples`);
- of the trainings: the variance between the splits' scores over their number, S^2 / K.

The second holds a part of the first where the test photos are a part of the split corpus, so
that intervals are rather wide than narrow (results/benchmarks/coverage_splits.md). By itself it
would be too small (Nadeau & Bengio, Machine Learning 2003, section 3).
"""

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from phototags.errors import CorpusError
from phototags.evaluation.metrics.all_metrics import perfect_score
from phototags.evaluation.metrics.resamples import CONFIDENCE, confidence_interval
from phototags.evaluation.metrics.summary import COLUMNS, DECIMALS

ALL = "all"
PAIRED = (("precision", 1), ("recall", 5), ("map", 0))
"""(metric, k) by which systems are compared in pairs."""
GROUP = ["train", "test", "system", "bridge", "training_photos", "metric", "k"]
COUNTS = ["photos", "tags", "users"]
SPLIT_COLUMNS = [*COLUMNS, "users"]
BAND_COLUMNS = ["train", "test", "system", "training_photos", "metric", "k"]
BAND_COLUMNS += ["value", "low", "high", "splits", *COUNTS]
PAIR_COLUMNS = ["train", "test", "system", "over", "metric", "k"]
PAIR_COLUMNS += ["difference", "low", "high", "p", "adjusted_p"]


def standard_error(values: NDArray, replicates: NDArray) -> float:
    """Standard error of the mean of K splits' scores.

    Args:
        values: (K,), of each split. replicates: (K, R) of `Resamples.replicate`, of the same
            resamples of users in each split; nan where a resample has none of a split's photos.

    Returns:
        square root of var(mean of the replicates over splits) + S^2 / K; nan where it is not
        known: for one user, or one split.

    >>> standard_error(np.array([0.2, 0.4]), np.array([[0.1, 0.3], [0.3, 0.5]])).round(4)
    np.float64(0.1414)
    """
    known = ~np.isnan(replicates)
    present = known.sum(axis=0)
    sums = np.where(known, replicates, 0).sum(axis=0)[present > 0]
    means = sums / present[present > 0]
    if len(values) < 2 or not len(means):
        return float("nan")
    return np.sqrt(means.var() + values.var(ddof=1) / len(values))


def split_interval(values: NDArray, replicates: NDArray, perfect: float) -> tuple[float, float]:
    """95 % interval of the mean over splits: 1.96 standard errors, clipped to [0, perfect].

    Args:
        values, replicates: of `standard_error`.

    Returns:
        (low, high); (0, perfect) where the standard error is not known.
    """
    mean, half = values.mean(), ndtri((1 + CONFIDENCE) / 2) * standard_error(values, replicates)
    if not np.isfinite(half):
        return 0.0, perfect
    return max(0.0, mean - half), min(perfect, mean + half)


def summarise_splits(scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of each split's scores and their means, and of the means by training photos of tags.

    Args:
        scores: train, seed (of the split) and the columns of `split_scores.SPLIT_SCORES`.

    Returns:
        SPLIT_COLUMNS, a scores.csv whose seeds are splits, row `mean` last; and BAND_COLUMNS.
        Counts of a mean are means over the splits, rounded.
    """
    rows, bands = [], []
    for names, of in scores.groupby(GROUP, sort=False):
        about = dict(zip(GROUP, names, strict=True))
        perfect = perfect_score(about["metric"], of["tags"].mean())
        values, replicates = stack(of)
        ends = split_interval(values, replicates, perfect)
        numbers = dict(zip(("value", "low", "high"), (values.mean(), *ends), strict=True))
        mean = about | numbers | of[COUNTS].mean().round().astype(int).to_dict()
        if about["training_photos"] != ALL:
            bands.append(mean | {"splits": len(of)})
            continue
        rows += [about | row for row in _split_rows(of)] + [mean | {"seed": "mean"}]
    return (
        pd.DataFrame(rows, columns=SPLIT_COLUMNS).round(DECIMALS),
        pd.DataFrame(bands, columns=BAND_COLUMNS).round(DECIMALS),
    )


def stack(scores: pd.DataFrame) -> tuple[NDArray, NDArray]:
    """(K,) values and (K, R) replicates of the splits."""
    return scores["value"].to_numpy(float), np.array([*scores["replicates"]], np.float64)


def _split_rows(of: pd.DataFrame) -> Iterator[dict]:
    for row in of.itertuples():
        own = row.replicates[~np.isnan(row.replicates)]
        perfect = perfect_score(row.metric, row.tags)
        low, high = confidence_interval(row.value, own, perfect) if len(own) else (0.0, perfect)
        numbers = {"seed": str(row.seed), "value": row.value, "low": low, "high": high}
        yield numbers | {name: getattr(row, name) for name in COUNTS}


def compare_systems(scores: pd.DataFrame) -> pd.DataFrame:
    """Differences between all pairs of systems, each split and each resample of users by itself.

    Args:
        scores: as in `summarise_splits`.

    Returns:
        PAIR_COLUMNS: score of `system` less that of `over`, a system before it in the run; 95 %
        interval and two-sided p of its mean over splits, normal by `standard_error`; and p
        adjusted by `adjust_holm` over the pairs of one metric on one test corpus.

    Raises:
        CorpusError: when two systems were not scored on the same splits.
    """
    tables = []
    known = scores[scores["training_photos"] == ALL]
    for (train, test, metric, k), of in known.groupby(["train", "test", "metric", "k"], sort=False):
        if (metric, k) not in PAIRED:
            continue
        systems = {name: rows.set_index("seed") for name, rows in of.groupby("system", sort=False)}
        pairs = [
            {"system": later, "over": earlier, **compare_pair(systems[later], systems[earlier])}
            for earlier, later in itertools.combinations(systems, 2)
        ]
        if pairs:
            about = {"train": train, "test": test, "metric": metric, "k": k}
            adjusted = adjust_holm(np.array([pair["p"] for pair in pairs]))
            tables.append(pd.DataFrame(pairs).assign(**about, adjusted_p=adjusted))
    tables = tables or [pd.DataFrame(columns=PAIR_COLUMNS)]
    return pd.concat(tables, ignore_index=True)[PAIR_COLUMNS].round(DECIMALS)


def compare_pair(own: pd.DataFrame, other: pd.DataFrame) -> dict[str, float]:
    """Difference of two systems' scores of one metric, by seed; as `compare_scores`."""
    if not own.index.equals(other.index):
        raise CorpusError(
            f"{own['system'].iloc[0]} and {other['system'].iloc[0]} should be scored on the same "
            f"splits, but are on {[*own.index]} and {[*other.index]}. Remove split*.parquet of "
            "their corpus in models/ and run `make results` again."
        )
    return compare_scores(stack(own), stack(other))


def compare_scores(
    own: tuple[NDArray, NDArray], other: tuple[NDArray, NDArray]
) -> dict[str, float]:
    """Difference of two systems' means over the same splits, with 95 % interval and p.

    Args:
        own, other: (K,) values and (K, R) replicates of the same resamples.

    Returns:
        difference, low, high, p (two-sided, normal); p 1 and no bounds where the standard error
        is not known.
    """
    differences = own[0] - other[0]
    mean, error = float(differences.mean()), standard_error(differences, own[1] - other[1])
    if not np.isfinite(error):
        return {"difference": mean, "low": -np.inf, "high": np.inf, "p": 1.0}
    half = ndtri((1 + CONFIDENCE) / 2) * error
    p = 2 * ndtr(-abs(mean) / error) if error else float(mean == 0)
    return {"difference": mean, "low": mean - half, "high": mean + half, "p": float(p)}


def adjust_holm(p: NDArray) -> NDArray[np.float64]:
    """Adjust p of several tests, so that one of them at most is wrong by chance (Holm 1979).

    The i-th smallest of m is multiplied by m + 1 - i; none is below a smaller one's, or over 1.

    >>> adjust_holm(np.array([0.04, 0.01, 0.03])).tolist()
    [0.06, 0.03, 0.06]
    """
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted
