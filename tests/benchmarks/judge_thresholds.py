"""`best` with any number of words a photo: results/benchmarks/best_thresholds.{csv,md}.

`python tests/benchmarks/judge_thresholds.py`, after `make results RUN=photographs MIRROR=...`. The
weight of precision is chosen by the F1 of training photos, each scored by a regression that did not
learn from it; the test photos are scored once, by what was chosen. A minute of one core.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from harness import RESULTS, ROOT, conclude_page
from torch import Tensor
from torch.nn.functional import normalize

from phototags.evaluation.metrics.resampled import count_tags, tag_means
from phototags.evaluation.test_photos import TRAINING_PARTS
from phototags.features.feature_cache import read_features
from phototags.io.storage import write_csv
from phototags.report.markdown import format_page, format_table
from phototags.systems.kernel_ridge import KernelRidge
from phototags.systems.parts.calibration import fit_calibration
from phototags.systems.parts.expected_f1 import fit_gains
from phototags.systems.parts.kernel_regression import fit_regression
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import read_vocabulary
from tests.presets import merge_presets

CORPUS, SYSTEM = "corel5k-260", "best"
WEIGHTS, SAMPLES = (1.0, 0.7, 0.5, 0.35), 10
ABOUT = (
    "`best` of the run `photographs` on `{corpus}`, with five words for every photo and with any "
    "number (`top_k: null`: each word whose gain in expected F1 is above 0), as the networks of "
    "2023 and 2024 in the table of published results give them. Training: means over {samples} "
    "samples of {photos} of the training photos, each scored by a regression without it. The "
    "precision_weight with the best F1 there scored the test photos, once. P, R, F1 and N+ as in "
    "that table; words: mean number a photo is given."
)


class Scores(NamedTuple):
    """P, R and F1 in percent, N+, and the words that a photo is given."""

    precision: float
    recall: float
    f1: float
    n_plus: float
    words: float


def read_part(
    params, features: str, parts: tuple[str, ...], words: list[str]
) -> tuple[Tensor, Tensor]:
    """(N, n) features and (N, T) bool of the photos of some parts of the split."""
    models = ROOT / "models" / params.run / CORPUS
    tables = [pd.read_parquet(models / f"{name}.parquet") for name in ("tags", "split")]
    photos = tables[0].merge(tables[1][["row", "part"]], on="row").sort_values("row")
    photos = photos[photos["part"].isin(parts)]
    folder = ROOT / "data/features" / params.embed_photos.backbone / features
    found = read_features(sorted(folder.glob("*.safetensors"))).select(photos["row"].tolist())
    relevant = encode_tags(photos["tags"], words).to_multi_hot(len(words))
    return torch.as_tensor(found), torch.from_numpy(relevant)


def choose_words(gains: Tensor, top_k: int | None) -> Tensor:
    """(N, T) bool, the words that photos are given by their (N, T) gains."""
    if top_k is None:
        return gains > 0
    given = torch.zeros_like(gains, dtype=torch.bool)
    return given.scatter(1, gains.topk(top_k, dim=1).indices, True)


def score_words(given: Tensor, relevant: Tensor) -> Scores:
    """Score the words given to photos, over the words that one of them has.

    Args:
        given, relevant: (N, T) bool.
    """
    once = np.ones((1, len(given)), np.float32)
    means = tag_means(count_tags(given.numpy(), relevant.numpy(), once))
    names = ("tag_precision", "tag_recall", "f1_of_means")
    shares = (100 * float(means[name][0]) for name in names)
    return Scores(*shares, float(means["n_plus"][0]), float(given.sum()) / len(given))


def judge(params) -> pd.DataFrame:
    """A row for each number of words, weight of precision and part that was scored."""
    words = read_vocabulary(ROOT / "models" / params.run / CORPUS / "vocabulary.tsv").tags
    system: KernelRidge = params.train.systems[SYSTEM]
    features, relevant = read_part(params, "corel5k", TRAINING_PARTS, words)
    seen, truth = read_part(params, "corel5k", ("test",), words)
    keys = {"gamma": system.gamma, "alpha": system.alpha}
    regression, unseen = fit_regression(features, relevant, **keys)
    calibration = fit_calibration(unseen, relevant)
    own = calibration.probabilities(unseen)
    test = calibration.probabilities(regression.scores(normalize(seen.float()), system.gamma))
    generator = np.random.default_rng(0)
    samples = [
        torch.from_numpy(generator.permutation(len(relevant))[: len(truth)]) for _ in range(SAMPLES)
    ]
    rows = []
    for top_k in (system.top_k, None):
        tried = []
        for weight in WEIGHTS:
            gains = fit_gains(
                own,
                relevant.sum(0),
                top_k=top_k,
                f1_photos=system.f1_photos,
                precision_weight=weight,
            )
            given = choose_words(gains.scores(own), top_k)
            scores = [score_words(given[of], relevant[of]) for of in samples]
            tried.append((Scores(*np.mean(scores, axis=0)), weight, gains))
            rows.append((top_k or "any", weight, "training", *tried[-1][0]))
        _, weight, gains = max(tried, key=lambda one: one[0].f1)
        found = score_words(choose_words(gains.scores(test), top_k), truth)
        rows.append((top_k or "any", weight, "test", *found))
    columns = ["words_given", "precision_weight", "scored_on", *Scores._fields]
    return pd.DataFrame(rows, columns=columns)


def format_rows(scores: pd.DataFrame, photos: int) -> str:
    """best_thresholds.md."""
    head = ["words given", "precision_weight", "scored on", "P", "R", "F1", "N+", "words"]
    rows = [
        [str(one.words_given), f"{one.precision_weight:g}", one.scored_on]
        + [f"{value:.1f}" for value in (one.precision, one.recall, one.f1)]
        + [f"{one.n_plus:.0f}", f"{one.words:.1f}"]
        for one in scores.itertuples()
    ]
    about = ABOUT.format(corpus=CORPUS, samples=SAMPLES, photos=photos)
    return format_page("Any number of words", about, format_table(head, rows, words=3))


def main() -> None:
    torch.set_num_threads(1)
    params = merge_presets([ROOT / "params.yaml", ROOT / "presets/photographs.yaml"])
    scores = judge(params)
    photos = params.train.systems[SYSTEM].f1_photos
    write_csv(Path(RESULTS) / "best_thresholds.csv", scores, float_format="%.4g")
    conclude_page("best_thresholds", format_rows(scores, photos), False)


if __name__ == "__main__":
    main()
