"""Relative improvement of taggers that use the photo's user, in paired comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.resamples import number_users

NATURAL = (("precision", 1), ("recall", 10), ("accuracy", 10))
BALANCED = tuple((f"balanced_{metric}", k) for metric, k in NATURAL)
MEASURES = (*NATURAL, *BALANCED)
"""What Denton et al. (KDD 2015) report, as (metric, k), on the test photos and balanced by tag."""

BASELINE, BIASED, MULTIPLICATIVE = "bilinear", "user-biased", "user-multiplicative"
COLUMNS = ["system", "model", "sampling", "descriptors", "over", "metric", "k", "value", "gain"]
COLUMNS += ["low", "high", "photos", "users"]


@dataclass(frozen=True, eq=False)
class SystemScores:
    """Scores of one system on its test photos, mean of its seeds.

    Args:
        replicates: (1 + R,) by (metric, k) of MEASURES, the first is the score itself.
        rows: (N,) of the photo table, the photos that are scored.
    """

    replicates: Mapping[tuple[str, int], NDArray]
    rows: pd.Index


def read_system_scores(
    scores: Sequence[Path | str], predictions: Path | str, tags: pd.Series
) -> SystemScores:
    """Read the scores of one system.

    Args:
        scores: files of `score_tagger`, one for each seed. predictions: that of any seed.
        tags: of `tags_in_vocabulary`, by row: other photos are not scored.
    """
    tables = [pd.read_parquet(file).set_index(["bridge", "metric", "k"]) for file in scores]
    replicates = {}
    for measure in MEASURES:
        rows = [table.loc["exact", *measure] for table in tables]
        each = [np.concatenate([[row["value"]], row["replicates"]]) for row in rows]
        replicates[measure] = np.mean(each, axis=0, dtype=np.float64)
    predicted = pd.read_parquet(predictions, columns=["row", "bridge"])
    rows = pd.Index(predicted.loc[predicted["bridge"] == "exact", "row"])
    return SystemScores(replicates, rows[rows.isin(tags.index)])


def relative_improvements(
    systems: Mapping[str, Mapping],
    results: Mapping[str, SystemScores],
    users: pd.Series,
) -> pd.DataFrame:
    """Compute the relative improvement of each system that uses the user over its baselines.

    A baseline is trained on the same photos in the same way: the first system of the run of the
    baseline's model with the same sampling and the same length of features, and for user-biased
    with the same descriptors. A
    user-multiplicative system is also compared with itself without any known user.

    Args:
        systems: settings by name. results: scores by name. users: of each photo, by row.

    Returns:
        COLUMNS. over: the baseline; gain: value / baseline's value - 1; low and high its 95 %
        interval, paired, over resamples of users. Every system has a row without a baseline.
    """
    rows = []
    for name, keys in systems.items():
        descriptors = " ".join(keys.get("descriptors", ()))
        about = {"system": name, "model": keys["model"], "sampling": keys["sampling"]}
        for over in (None, *_baselines(name, systems)):
            for measure in MEASURES:
                row = _improvement(results, name, over, measure, users)
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
        if all(keys.get(key) == own.get(key) for key in ("sampling", "feature_length")):
            firsts.setdefault((keys["model"], str(keys.get("descriptors"))), other)
    wanted = [(model, str(descriptors)) for model, descriptors in wanted]
    return [firsts[one] for one in wanted if one in firsts]


def _improvement(
    results: Mapping[str, SystemScores],
    name: str,
    over: str | None,
    measure: tuple[str, int],
    users: pd.Series,
) -> dict:
    value, rows = results[name].replicates[measure], results[name].rows
    row = {"metric": measure[0], "k": measure[1], "value": value[0], "photos": len(rows)}
    row["users"] = len(np.unique(number_users(users[rows])))
    if over is None:
        return row
    relative = value / results[over].replicates[measure] - 1
    low, high = np.nanpercentile(relative[1:], [2.5, 97.5])
    return row | {"gain": relative[0], "low": low, "high": high}
