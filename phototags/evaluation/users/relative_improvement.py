"""Relative improvement of taggers that use the photo's user, in paired bootstrap comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.bootstrap import bootstrap_weights

MEASURES = (("precision", 1), ("recall", 10), ("accuracy", 10))
"""What Denton et al. (KDD 2015) report, as (metric, k)."""

BASELINE, BIASED, MULTIPLICATIVE = "bilinear", "user-biased", "user-multiplicative"
COLUMNS = ["system", "model", "sampling", "descriptors", "over", "metric", "k", "value", "gain"]
COLUMNS += ["low", "high", "users_low", "users_high", "photos", "users"]


@dataclass(frozen=True, eq=False)
class SystemScores:
    """Scores of one system on its test photos, mean of its seeds.

    Args:
        replicates: (1 + R,) by (metric, k) of MEASURES, the first is the score itself.
        first_correct: (N,) float by row of the photo table, P@1 of each photo.
    """

    replicates: Mapping[tuple[str, int], NDArray]
    first_correct: pd.Series


def read_system_scores(
    scores: Sequence[Path | str], predictions: Sequence[Path | str], tags: pd.Series
) -> SystemScores:
    """Read the scores of one system.

    Args:
        scores, predictions: files of `score_tagger`, one for each seed.
        tags: of `tags_in_vocabulary`, by row: other photos are not scored.
    """
    tables = [pd.read_parquet(file).set_index(["bridge", "metric", "k"]) for file in scores]
    replicates = {}
    for measure in MEASURES:
        rows = [table.loc["exact", *measure] for table in tables]
        each = [np.concatenate([[row["value"]], row["replicates"]]) for row in rows]
        replicates[measure] = np.mean(each, axis=0, dtype=np.float64)
    hits = [_first_is_correct(pd.read_parquet(file), tags) for file in predictions]
    return SystemScores(replicates, pd.concat(hits, axis=1).mean(axis=1))


def _first_is_correct(predictions: pd.DataFrame, tags: pd.Series) -> pd.Series:
    exact = predictions[predictions["bridge"] == "exact"].set_index("row")["tags"]
    exact = exact[exact.index.isin(tags.index)]
    correct = [words[0] in tags[row] for row, words in exact.items()]
    return pd.Series(correct, exact.index, float)


def relative_improvements(
    systems: Mapping[str, Mapping],
    results: Mapping[str, SystemScores],
    users: pd.Series,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Compute the relative improvement of each system that uses the user over its baselines.

    A baseline is trained on the same photos in the same way: the first system of the run of the
    baseline's model with the same sampling, and for user-biased with the same descriptors. A
    user-multiplicative system is also compared with itself without any known user.

    Args:
        systems: settings by name. results: scores by name. users: of each photo, by row.
        resamples, seed: of the bootstrap over users.

    Returns:
        COLUMNS. over: the baseline; gain: value / baseline's value - 1; low and high its 95 %
        interval over photos, users_low and users_high over users (P@1 only, else nan). Every
        system has a row without a baseline.
    """
    rows = []
    for name, keys in systems.items():
        descriptors = " ".join(keys.get("descriptors", ()))
        about = {"system": name, "model": keys["model"], "sampling": keys["sampling"]}
        for over in (None, *_baselines(name, systems)):
            for measure in MEASURES:
                row = _improvement(results, name, over, measure, users, resamples, seed)
                rows.append(about | {"descriptors": descriptors, "over": over} | row)
    return pd.DataFrame(rows, columns=COLUMNS)


def read_improvements(path: Path | str) -> pd.DataFrame:
    """Read the CSV of `relative_improvements`."""
    return pd.read_csv(path).fillna({"descriptors": ""})


def _baselines(name: str, systems: Mapping[str, Mapping]) -> list[str]:
    own = systems[name]
    known = own.get("descriptors")
    wanted = {
        BASELINE: [],
        BIASED: [(BASELINE, None)],
        MULTIPLICATIVE: [(BASELINE, None), (BIASED, known)] + [(MULTIPLICATIVE, [])] * bool(known),
    }[own["model"]]
    firsts = {}
    for other, keys in systems.items():
        if keys["sampling"] == own["sampling"]:
            firsts.setdefault((keys["model"], str(keys.get("descriptors"))), other)
    wanted = [(model, str(descriptors)) for model, descriptors in wanted]
    return [firsts[one] for one in wanted if one in firsts]


def _improvement(
    results: Mapping[str, SystemScores],
    name: str,
    over: str | None,
    measure: tuple[str, int],
    users: pd.Series,
    resamples: int,
    seed: int,
) -> dict:
    value, correct = results[name].replicates[measure], results[name].first_correct
    row = {"metric": measure[0], "k": measure[1], "value": value[0], "photos": len(correct)}
    owners, named = pd.factorize(users[correct.index])
    unknown = owners < 0  # each counts as another user
    owners[unknown] = len(named) + np.arange(unknown.sum())
    row["users"] = len(np.unique(owners))
    if over is None:
        return row
    relative = value / results[over].replicates[measure] - 1
    low, high = np.nanpercentile(relative[1:], [2.5, 97.5])
    row |= {"gain": relative[0], "low": low, "high": high}
    if measure != ("precision", 1):
        return row
    baseline = results[over].first_correct[correct.index]
    ends = user_interval(correct.to_numpy(), baseline.to_numpy(), owners, resamples, seed)
    return row | dict(zip(("users_low", "users_high"), ends, strict=True))


def user_interval(
    correct: NDArray, baseline: NDArray, users: NDArray, resamples: int, seed: int
) -> tuple[float, float]:
    """95 % interval of a relative improvement, from a bootstrap over users.

    Photos of one user are correlated, so that an interval over photos is too narrow where a few
    users have many photos.

    Args:
        correct, baseline: (N,) of each photo. users: (N,) numbers from 0.

    >>> correct, users = np.array([1.0, 1, 1]), np.array([0, 0, 1])
    >>> ends = user_interval(correct, np.array([1.0, 1, 0]), users, 99, 0)
    >>> [round(end, 1) for end in ends if end < 9]
    [0.0]
    """
    sums = np.stack([np.bincount(users, weights=of) for of in (correct, baseline)])
    ours, theirs = sums @ bootstrap_weights(sums.shape[1], resamples, seed)[1:].T
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(theirs > 0, ours / theirs - 1, np.inf)
    low, high = np.percentile(relative, [2.5, 97.5], method="nearest")
    return float(low), float(high)
