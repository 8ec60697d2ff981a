"""How often 95 % intervals hold the expected score: results/benchmarks/coverage.csv and .md.

`python tests/benchmarks/simulate_coverage.py [--quick]` draws test sets from a made-up population
whose users differ in what they tag and in how well a tagger knows it, scores each, and counts the
intervals that hold the mean score of all test sets: by the resamples of phototags, by the same of
single photos, and by a bootstrap that draws users with replacement. Six minutes of one core.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from harness import RESULTS, arguments, conclude_page
from numpy.typing import NDArray

from phototags.evaluation.metrics.all_metrics import compute_metrics, perfect_score
from phototags.evaluation.metrics.resamples import Resamples, confidence_interval, draw_resamples
from phototags.evaluation.metrics.summary import NAMES
from phototags.io.storage import write_csv
from phototags.report.markdown import format_page, format_table

TAGS, RESAMPLES, QUICK = 60, 200, 20
METRICS = [("map", 0), ("f1_of_means", 5), ("n_plus", 5), ("precision", 1)]
RATES = np.log(np.clip(0.25 / np.arange(1, TAGS + 1), 0.004, None))
"""(T,) logarithms of the tags' rates: Zipf's law, the rarest on 1 of 250 photos."""

COLUMNS = ["case", "resamples", "metric", "k", "coverage", "value", "deviation", "half_width"]
COLUMNS += ["photos", "users", "effective_users", "trials"]
EXPLAINED = (
    "Share of the nominal 95 % intervals that hold the expected score, over simulated test sets; "
    "wanted: .93 to .97. `users`: resamples of phototags, each without some of the users. "
    "`photos`: the same of single photos, as if nobody had two. `bootstrap`: users drawn with "
    "replacement, percentiles moved to the value. Effective users: (sum of n)^2 / sum of n^2."
)


class Case(NamedTuple):
    """Test sets of one kind, and how many of them.

    Args:
        users: of a test set. photos: mean of a user.
        unevenness: standard deviation of the logarithm of a user's photos.
        difference: of users in what they tag; 0 makes all alike.
    """

    users: int
    photos: float
    unevenness: float
    difference: float
    trials: int


CASES = {
    "users unknown": Case(500, 1, 0, 0, 600),
    "100 users": Case(100, 10, 1.0, 0.6, 600),
    "100 uneven users": Case(100, 10, 1.8, 0.6, 600),
}


def draw_test_set(case: Case, rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray]:
    """(N, T) scores and tags, and (N,) users, of one test set."""
    mean = np.log(case.photos) - case.unevenness**2 / 2
    sizes = np.exp(rng.normal(mean, case.unevenness, case.users)).round().clip(1).astype(int)
    users = np.repeat(np.arange(case.users), sizes)
    tastes = rng.normal(0, 1.5 * case.difference, (case.users, TAGS))
    rates = RATES + tastes[users] - (1.5 * case.difference) ** 2 / 2
    relevant = rng.random(rates.shape) < np.exp(np.minimum(rates, -0.05))
    likeliest = (rates + rng.gumbel(size=rates.shape)).argmax(axis=1)
    untagged = np.flatnonzero(~relevant.any(axis=1))
    relevant[untagged, likeliest[untagged]] = True
    skill = 1.2 + rng.normal(0, 0.8 * case.difference, case.users)
    scores = RATES + skill[users, None] * relevant + rng.normal(size=rates.shape)
    return scores.astype(np.float32), relevant, users


def draw_users(users: NDArray, resamples: int, seed: int) -> Resamples:
    """Users drawn with replacement, all photos of each."""
    rng, number = np.random.default_rng(seed), users[-1] + 1
    drawn = rng.multinomial(number, np.full(number, 1 / number), resamples)
    weights = np.concatenate([np.ones((1, number)), drawn])[:, users]
    return Resamples(weights.astype(np.float32), 1.0)


def percentile_interval(value: float, replicates: NDArray, perfect: float) -> tuple[float, float]:
    """Percentiles of the replicates, which lie around the value."""
    low, high = np.percentile(replicates, [2.5, 97.5])
    return max(0.0, low), min(perfect, high)


WAYS: dict[str, tuple[Callable, Callable]] = {
    "users": (draw_resamples, confidence_interval),
    "photos": (
        lambda users, *given: draw_resamples(np.arange(len(users)), *given),
        confidence_interval,
    ),
    "bootstrap": (draw_users, percentile_interval),
}


def simulate(case: Case) -> tuple[dict, pd.DataFrame]:
    """Values and interval ends, a triple a trial, by way and metric; photos and effective users."""
    rng, found, sizes = np.random.default_rng(0), {}, []
    for trial in range(case.trials):
        scores, relevant, users = draw_test_set(case, rng)
        counts = np.bincount(users)
        sizes.append((len(users), counts.sum() ** 2 / (counts**2).sum()))
        for way, (draw, interval) in WAYS.items():
            results = compute_metrics(scores, relevant, draw(users, RESAMPLES, trial))
            for one in results:
                if (one.metric, one.k) in METRICS:
                    ends = interval(one.value, one.replicates, perfect_score(one.metric, TAGS))
                    found.setdefault((way, one.metric, one.k), []).append((one.value, *ends))
    return found, pd.DataFrame(sizes, columns=["photos", "effective_users"])


def tabulate(name: str, case: Case) -> list[dict]:
    """The rows of COLUMNS of one case."""
    found, sizes = simulate(case)
    rows = []
    for (way, metric, k), triples in found.items():
        value, low, high = np.array(triples).T
        held = (low <= value.mean()) & (value.mean() <= high)
        numbers = {"coverage": held.mean(), "value": value.mean(), "deviation": value.std()}
        numbers |= {"half_width": (high - low).mean() / 2} | sizes.mean().round(1).to_dict()
        about = {"case": name, "resamples": way, "metric": metric, "k": k}
        rows.append(about | numbers | {"users": case.users, "trials": case.trials})
    return rows


def format_coverage(table: pd.DataFrame) -> str:
    """The page: a row for each case and way, a column for each metric."""
    rows = []
    for (case, way), of in table.groupby(["case", "resamples"], sort=False):
        coverage = of.set_index(["metric", "k"])["coverage"]
        sizes = f"{of['photos'].iloc[0]:.0f}", f"{of['effective_users'].iloc[0]:.1f}"
        cells = [f"{coverage[metric]:.3f}" for metric in METRICS]
        rows.append([case, *sizes, way, *cells, f"{of['trials'].iloc[0]:,}"])
    head = ["test sets", "photos", "effective users", "resamples of"]
    head += [*(NAMES[metric] for metric in METRICS), "trials"]
    return format_page("Coverage of the intervals", EXPLAINED, format_table(head, rows, words=1))


def main() -> None:
    quick = arguments(__doc__).quick
    cases = {name: case._replace(trials=QUICK) if quick else case for name, case in CASES.items()}
    table = pd.DataFrame([row for of in cases.items() for row in tabulate(*of)])[COLUMNS].round(6)
    if not quick:
        write_csv(RESULTS / "coverage.csv", table)
    conclude_page("coverage", format_coverage(table), quick)


if __name__ == "__main__":
    main()
