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
CONTROLS = ("user-frequency", "user-neighbours")
"""Models that only repeat the tags of the user's other photos."""

NATURALLY = "natural"
"""The sampling of a system that has no choice of it."""

ALL, NEW = "all", "new_tags"
"""Subsets: all scored photos, and those of which no history photo has exactly the same tags."""

COLUMNS = ["subset", "system", "model", "sampling", "descriptors", "over", "metric", "k", "value"]
COLUMNS += ["gain", "low", "high", "photos", "users"]


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
    subset: str = ALL,
) -> pd.DataFrame:
    """Compute the relative improvement of each system that uses the user over its baselines.

    A baseline is trained on the same photos in the same way: the first system of the run of the
    baseline's model with the same sampling and the same length of features, and for user-biased
    with the same descriptors. A user-multiplicative system is also compared with itself without
    any known user, and every system that knows users with the first of each of CONTROLS.

    Args:
        systems: settings by name. results: scores by name. users: of each photo, by row.
        subset: ALL or NEW, the photos that were scored.

    Returns:
        COLUMNS. over: the baseline; gain: value / baseline's value - 1; low and high its 95 %
        interval, paired, over resamples of users. Every system has a row without a baseline.
    """
    rows = []
    for name, keys in systems.items():
        descriptors = " ".join(keys.get("descriptors", ()))
        about = {"subset": subset, "system": name, "model": keys["model"]}
        about["sampling"] = keys.get("sampling", NATURALLY)
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
    model, known = own["model"], own.get("descriptors")
    wanted = [] if model == BASELINE else [(BASELINE, None)]
    if model == MULTIPLICATIVE:
        wanted += [(BIASED, known)] + [(MULTIPLICATIVE, [])] * bool(known)
    wanted += [(one, None) for one in CONTROLS if known and one != model]
    firsts = [
        [
            other
            for other, keys in systems.items()
            if keys["model"] == one
            if descriptors in (None, keys.get("descriptors"))
            if _trained_alike(own, keys)
        ][:1]
        for one, descriptors in wanted
    ]
    return [first for found in firsts for first in found]


def _trained_alike(own: Mapping, other: Mapping) -> bool:
    """Whether a system may be compared with another; a control is trained in no way of its own."""
    if other["model"] in CONTROLS:
        return True
    if "sampling" not in own:
        return other["sampling"] == NATURALLY
    return all(own.get(key) == other.get(key) for key in ("sampling", "feature_length"))


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
