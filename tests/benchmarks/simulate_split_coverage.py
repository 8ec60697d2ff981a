"""How often intervals over splits hold the expected score: results/benchmarks/coverage_splits.*.

`python tests/benchmarks/simulate_split_coverage.py [--quick]` draws corpora from a made-up
population whose users differ in how much they upload, what they tag and how their photos look.
Each corpus is split ten times by users; on each split two ridge regressions from features to tags
are trained, one stronger penalised, and scored on the split's test users and on a second corpus.
It counts the intervals, of scores and of differences, that hold the mean over all corpora. The
difference of two trainings that differ by their seed alone is 0. Two minutes of one core.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from harness import RESULTS, arguments, conclude_page
from numpy.typing import NDArray
from simulate_coverage import METRICS, RATES, TAGS

from phototags.evaluation.metrics.all_metrics import perfect_score
from phototags.evaluation.metrics.resamples import Resamples, draw_resamples
from phototags.evaluation.metrics.split_means import compare_scores, split_interval
from phototags.evaluation.metrics.summary import NAMES
from phototags.evaluation.split_scores import compute_all
from phototags.io.storage import write_csv
from phototags.report.markdown import format_page, format_table

SPLITS, RESAMPLES, WIDTH, TEST, OTHER_USERS = 10, 100, 24, 0.2, 200
TRIALS, QUICK = 100, 4
PENALTIES = {"ridge": 5.0, "other seed": 5.0, "stronger": 500.0}
PHOTOS_LEARNED = 0.7
"""Share of the training photos that a training's seed chooses."""
PROTOTYPES = 0.6 * np.random.default_rng(7).normal(size=(TAGS, WIDTH))
"""(T, D): what a tag adds to a photo's features."""

COLUMNS = ["case", "test", "quantity", "metric", "k", "coverage", "rejected"]
COLUMNS += ["value", "deviation", "half_width", "trials"]
EXPLAINED = (
    f"Share of nominal 95 % intervals over {SPLITS} splits that hold the expected value, over "
    "simulated corpora; wanted: .93 to .97. `own`: test users of the split corpus; `other`: "
    "another corpus, where each photo is a user's. `difference`: of two systems; `no difference`: "
    "of two trainings of one system, of which 5 % at most should have p < .05."
)


class Case(NamedTuple):
    """Corpora of one kind.

    Args:
        users: of a corpus. unevenness: standard deviation of the logarithm of a user's photos.
        difference: of users in what they tag and in how their photos look.
    """

    users: int
    unevenness: float
    difference: float


CASES = {"200 users": Case(200, 0.5, 0.4), "200 uneven users": Case(200, 1.6, 0.4)}


def draw_corpus(case: Case, mean: float, rng: np.random.Generator) -> tuple[NDArray, ...]:
    """(N, D) features, (N, T) tags and (N,) users of a corpus with `mean` photos a user."""
    logs = rng.normal(np.log(mean) - case.unevenness**2 / 2, case.unevenness, case.users)
    users = np.repeat(np.arange(case.users), np.exp(logs).round().clip(1, 400).astype(int))
    tastes = rng.normal(0, case.difference, (case.users, TAGS))
    rates = RATES + tastes[users] - case.difference**2 / 2
    relevant = rng.random(rates.shape) < np.exp(np.minimum(rates, -0.05))
    likeliest = (rates + rng.gumbel(size=rates.shape)).argmax(axis=1)
    untagged = np.flatnonzero(~relevant.any(axis=1))
    relevant[untagged, likeliest[untagged]] = True
    looks = rng.normal(0, case.difference, (case.users, WIDTH))
    noise = rng.normal(0, 1.2, (len(users), WIDTH))
    return relevant @ PROTOTYPES + looks[users] + noise, relevant, users


def fit_ridge(features: NDArray, tags: NDArray, penalty: float, seed: int) -> NDArray:
    """(D + 1, T) weights, the last of the constant, learned from a part of the photos."""
    chosen = np.random.default_rng(seed).random(len(features)) < PHOTOS_LEARNED
    inputs = np.c_[features[chosen], np.ones(chosen.sum())]
    squares = inputs.T @ inputs + penalty * np.eye(WIDTH + 1)
    return np.linalg.solve(squares, inputs.T @ tags[chosen].astype(float))


def score_corpus(case: Case, rng: np.random.Generator) -> dict:
    """(K,) values and (K, R) replicates by test, system and metric, of one drawn corpus."""
    features, tags, users = draw_corpus(case, 8, rng)
    other_features, other_tags, _ = draw_corpus(Case(OTHER_USERS, 0, case.difference), 1, rng)
    drawn = draw_resamples(users, RESAMPLES, 0)
    other_drawn = draw_resamples(np.arange(len(other_tags)), RESAMPLES, 0)
    found = {}
    for split in range(SPLITS):
        tested = (rng.random(case.users) < TEST)[users]
        own = Resamples(drawn.weights[:, tested], drawn.spread)
        tests = {
            "own": (features[tested], tags[tested], own),
            "other": (other_features, other_tags, other_drawn),
        }
        for number, (system, penalty) in enumerate(PENALTIES.items()):
            seed = split + SPLITS * number
            weights = fit_ridge(features[~tested], tags[~tested], penalty, seed)
            for test, (inputs, relevant, resamples) in tests.items():
                scores = (inputs @ weights[:-1] + weights[-1]).astype(np.float32)
                for one in compute_all(scores, relevant, resamples):
                    if (one.metric, one.k) in METRICS:
                        key = test, system, one.metric, one.k
                        found.setdefault(key, []).append((one.value, one.replicates))
    return {key: tuple(map(np.array, zip(*of, strict=True))) for key, of in found.items()}


def list_quantities(found: dict) -> list[tuple]:
    """(test, quantity, metric, k, value, low, high, p) of one corpus."""
    rows = []
    for (test, system, metric, k), own in found.items():
        if system != "ridge":
            name = "difference" if system == "stronger" else "no difference"
            one = compare_scores(own, found[test, "ridge", metric, k])
            rows.append((test, name, metric, k, *one.values()))
        else:
            low, high = split_interval(*own, perfect_score(metric, TAGS))
            rows.append((test, "score", metric, k, own[0].mean(), low, high, np.nan))
    return rows


def tabulate(name: str, case: Case, trials: int) -> pd.DataFrame:
    """The rows of COLUMNS of one case."""
    rng = np.random.default_rng(0)
    rows = [row for _ in range(trials) for row in list_quantities(score_corpus(case, rng))]
    keys = ["test", "quantity", "metric", "k"]
    table = pd.DataFrame(rows, columns=[*keys, "value", "low", "high", "p"])
    truth = table.groupby(keys)["value"].transform("mean")
    truth = truth.where(table["quantity"] != "no difference", 0.0)
    table["coverage"] = (table["low"] <= truth) & (truth <= table["high"])
    table["half_width"] = (table["high"] - table["low"]) / 2
    table["rejected"] = (table["p"] < 0.05).where(table["p"].notna()).astype(float)
    groups = table.groupby(keys, sort=False)
    means = groups[["coverage", "rejected", "value", "half_width"]].mean()
    means["deviation"] = groups["value"].std()
    return means.reset_index().assign(case=name, trials=trials)[COLUMNS]


def format_coverage(table: pd.DataFrame) -> str:
    """The page: a row for each case, test and quantity, a column for each metric."""
    rows = []
    for names, of in table.groupby(["case", "test", "quantity"], sort=False):
        coverage = of.set_index(["metric", "k"])["coverage"]
        cells = [f"{coverage[metric]:.3f}" for metric in METRICS]
        rejected = of["rejected"].max()
        most = f"{rejected:.3f}" if names[2] == "no difference" else ""
        rows.append([*names, *cells, most, f"{of['trials'].iloc[0]:,}"])
    head = ["corpora", "tested on", "quantity", *(NAMES[metric] for metric in METRICS)]
    table = format_table([*head, "p < .05, at most", "trials"], rows, words=3)
    return format_page("Coverage of the intervals over splits", EXPLAINED, table)


def main() -> None:
    quick = arguments(__doc__).quick
    trials = QUICK if quick else TRIALS
    tables = [tabulate(name, case, trials) for name, case in CASES.items()]
    table = pd.concat(tables, ignore_index=True).round(6)
    if not quick:
        write_csv(RESULTS / "coverage_splits.csv", table)
    conclude_page("coverage_splits", format_coverage(table), quick)


if __name__ == "__main__":
    main()
