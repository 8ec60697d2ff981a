"""What it gains to know the user: taggers paired on the same photos and the same resamples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.bootstrap import multiplicities

MEASURES = (("precision", 1), ("recall", 10), ("accuracy", 10))
"""What Denton et al. (KDD 2015) report, as (metric, k)."""

CONTROL, BIASED, MULTIPLICATIVE = "bilinear", "user-biased", "user-multiplicative"
COLUMNS = ["system", "model", "sampling", "descriptors", "over", "metric", "k", "value", "gain"]
COLUMNS += ["low", "high", "users_low", "users_high", "photos", "users"]


@dataclass(frozen=True, eq=False)
class Judged:
    """One system on its test photos, mean of its seeds.

    Args:
        replicates: (1 + R,) by (metric, k) of MEASURES, the first is the score itself.
        right: (N,) float by row of the photo table, P@1 of each photo.
    """

    replicates: Mapping[tuple[str, int], NDArray]
    right: pd.Series


def judged(
    scores: Sequence[Path | str], predictions: Sequence[Path | str], tags: pd.Series
) -> Judged:
    """A system's Judged.

    Args:
        scores, predictions: what `score_tagger` wrote, a file a seed each.
        tags: of `known_tags`, by row: other photos are not judged.
    """
    tables = [pd.read_parquet(file).set_index(["bridge", "metric", "k"]) for file in scores]
    replicates = {}
    for measure in MEASURES:
        rows = [table.loc["exact", *measure] for table in tables]
        each = [np.concatenate([[row["value"]], row["replicates"]]) for row in rows]
        replicates[measure] = np.mean(each, axis=0, dtype=np.float64)
    hits = [_first_is_right(pd.read_parquet(file), tags) for file in predictions]
    return Judged(replicates, pd.concat(hits, axis=1).mean(axis=1))


def _first_is_right(predictions: pd.DataFrame, tags: pd.Series) -> pd.Series:
    exact = predictions[predictions["bridge"] == "exact"].set_index("row")["tags"]
    exact = exact[exact.index.isin(tags.index)]
    right = [words[0] in tags[row] for row, words in exact.items()]
    return pd.Series(right, exact.index, float)


def gains(
    systems: Mapping[str, Mapping],
    found: Mapping[str, Judged],
    users: pd.Series,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Relative gains of each system that knows users over its controls.

    A control is trained on the same photos in the same way: the first system of the run with the
    model in question and the same sampling, and for user-biased the same descriptors. For
    user-multiplicative there is one more, of its own form: itself where nobody is known.

    Args:
        systems: settings by name. found: what is judged of each. users: of each photo, by row.
        resamples, seed: of the bootstrap over users.

    Returns:
        COLUMNS. gain: value / control's value - 1; low and high its 95 % interval over photos,
        users_low and users_high where whole users are drawn (P@1 only, else nan). Systems of
        the model bilinear have rows without a control.
    """
    rows = []
    for name, keys in systems.items():
        known = " ".join(keys.get("descriptors", ()))
        about = {"system": name, "model": keys["model"], "sampling": keys["sampling"]}
        for over in (None, *_controls(name, systems)):
            for measure in MEASURES:
                row = _gain(found, name, over, measure, users, resamples, seed)
                rows.append(about | {"descriptors": known, "over": over} | row)
    return pd.DataFrame(rows, columns=COLUMNS)


def read_gains(path: Path | str) -> pd.DataFrame:
    """The table of `gains`, which lies in a CSV file."""
    return pd.read_csv(path).fillna({"descriptors": ""})


def _controls(name: str, systems: Mapping[str, Mapping]) -> list[str]:
    own = systems[name]
    known = own.get("descriptors")
    wanted = {
        CONTROL: [],
        BIASED: [(CONTROL, None)],
        MULTIPLICATIVE: [(CONTROL, None), (BIASED, known)] + [(MULTIPLICATIVE, [])] * bool(known),
    }[own["model"]]
    firsts = {}
    for other, keys in systems.items():
        if keys["sampling"] == own["sampling"]:
            firsts.setdefault((keys["model"], str(keys.get("descriptors"))), other)
    asked = [(model, str(descriptors)) for model, descriptors in wanted]
    return [firsts[one] for one in asked if one in firsts]


def _gain(
    found: Mapping[str, Judged],
    name: str,
    over: str | None,
    measure: tuple[str, int],
    users: pd.Series,
    resamples: int,
    seed: int,
) -> dict:
    value, right = found[name].replicates[measure], found[name].right
    row = {"metric": measure[0], "k": measure[1], "value": value[0], "photos": len(right)}
    owners, named = pd.factorize(users[right.index])
    unknown = owners < 0  # each may be somebody else
    owners[unknown] = len(named) + np.arange(unknown.sum())
    row["users"] = len(np.unique(owners))
    if over is None:
        return row
    relative = value / found[over].replicates[measure] - 1
    low, high = np.nanpercentile(relative[1:], [2.5, 97.5])
    row |= {"gain": relative[0], "low": low, "high": high}
    if measure != ("precision", 1):
        return row
    control = found[over].right[right.index]
    ends = over_users(right.to_numpy(), control.to_numpy(), owners, resamples, seed)
    return row | dict(zip(("users_low", "users_high"), ends, strict=True))


def over_users(
    right: NDArray, control: NDArray, users: NDArray, resamples: int, seed: int
) -> tuple[float, float]:
    """The 95 % interval of a relative gain had other users been asked.

    Photos of one user are right or wrong together, so that an interval over photos is too sure
    of what a few users with many photos decide.

    Args:
        right, control: (N,) of each photo. users: (N,) numbers from 0.

    >>> ends = over_users(np.array([1.0, 1, 1]), np.array([1.0, 1, 0]), np.array([0, 0, 1]), 99, 0)
    >>> [round(end, 1) for end in ends if end < 9]
    [0.0]
    """
    sums = np.stack([np.bincount(users, weights=of) for of in (right, control)])
    ours, theirs = sums @ multiplicities(sums.shape[1], resamples, seed)[1:].T
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(theirs > 0, ours / theirs - 1, np.inf)
    low, high = np.percentile(relative, [2.5, 97.5], method="nearest")
    return float(low), float(high)
