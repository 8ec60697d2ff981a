"""How `best` was chosen, once more: results/benchmarks/best.md, on held-out training photos.

`python tests/benchmarks/judge_best.py [--quick]`, after `make results RUN=best MIRROR=...`. The
training photos are shuffled once and cut into ten parts; six of them are held out, one at a time,
and the other nine learned from. The test photos have no part in it. Some fifteen minutes of a core.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pandas as pd
import torch
from harness import RESULTS, ROOT, arguments
from torch import Tensor
from torch.nn.functional import normalize

from phototags.evaluation.metrics.all_metrics import compute_metrics
from phototags.evaluation.metrics.resamples import Resamples
from phototags.features.backbones import load_backbone
from phototags.features.feature_cache import read_features
from phototags.io.storage import atomic_write
from phototags.report.markdown import format_table
from phototags.systems.kernel_ridge import KernelRidge
from phototags.systems.parts.calibration import fit_calibration
from phototags.systems.parts.expected_f1 import fit_gains
from phototags.systems.parts.kernel_regression import fit_regression
from phototags.tags.encoding import encode_tags
from tests.presets import merge_presets

PARTS, HELD_OUT, LAST = 10, 6, 1280
ALL = "all three, last layer and middle stages"


def training_photos(name: str, corpus: str) -> tuple[Tensor, Tensor]:
    """(N, n) features and (N, T) bool of the photos that are learned from, in the table's order."""
    data = ROOT / "data"
    tags, split = (
        pd.read_parquet(data / f"corpora/{corpus}/{file}.parquet") for file in ("tags", "split")
    )
    photos = tags.merge(split[["row", "part"]], on="row").sort_values("row")
    photos = photos[photos["part"] != "test"]
    words = sorted({tag for own in photos["tags"] for tag in own})
    folder = data / "features" / name.replace(":", "-") / corpus
    features = read_features(sorted(folder.glob("*.safetensors"))).select(photos["row"].tolist())
    relevant = encode_tags(photos["tags"], words).to_multi_hot(len(words))
    return torch.as_tensor(features), torch.from_numpy(relevant)


def seen_by(name: str) -> dict[str, list[int]]:
    """Which columns of the joined features each choice of backbones and layers is."""
    columns, begin = {ALL: [], "all three, last layer": []}, 0
    for one in name.split("+"):
        own = list(range(begin, begin := begin + load_backbone(one).width))
        network = one.partition(":")[0]
        columns[f"{network}, last layer"] = own[:LAST]
        columns[f"{network}, last layer and middle stages"] = own
        columns["all three, last layer"] += own[:LAST]
        columns[ALL] += own
    return columns


def tries(
    features: Tensor, relevant: Tensor, held: Tensor, system: KernelRidge, whole_way: bool
) -> Iterator[tuple[str, Tensor]]:
    """What each try scores the held-out photos, by the step that it goes to."""
    learned = torch.ones(len(features), dtype=torch.bool).index_fill(0, held, False)
    keys = {"gamma": system.gamma, "alpha": system.alpha}
    regression, unseen = fit_regression(features[learned], relevant[learned], **keys)
    calibration = fit_calibration(unseen, relevant[learned])
    scores = regression.scores(normalize(features[held].float()), system.gamma)
    sure, own = (calibration.probabilities(one) for one in (scores, unseen))
    if whole_way:
        yield "regression", scores
        yield "and calibration", sure
    for precision in (
        (1.0, 0.7, system.precision_weight) if whole_way else (system.precision_weight,)
    ):
        wanted = {
            "top_k": system.top_k,
            "f1_photos": system.f1_photos,
            "precision_weight": precision,
        }
        gains = fit_gains(own, relevant[learned].sum(0), **wanted)
        yield f"and expected F1, precision_weight {precision:g}", gains.scores(sure)


def judged(scores: Tensor, relevant: Tensor, learned: Tensor) -> dict[str, float]:
    """P, R, F1 in percent and N+ over the words that some photo of either side has."""
    known = relevant.any(0) & learned.any(0)
    photos = relevant[:, known].any(1)
    truth = relevant[photos][:, known].numpy()
    found = compute_metrics(
        scores[photos][:, known].numpy(), truth, Resamples(np.ones((1, len(truth))), 1.0)
    )
    values = {one.metric: one.value for one in found}
    shares = {"P": "tag_precision", "R": "tag_recall", "F1": "f1_of_means"}
    return {name: 100 * values[key] for name, key in shares.items()} | {"N+": values["n_plus"]}


def main() -> None:
    quick = arguments(__doc__).quick
    torch.set_num_threads(1)
    params = merge_presets([ROOT / "params.yaml", ROOT / "presets/best.yaml"])
    system, name = params.train.systems["best"], params.embed_photos.backbone
    features, relevant = training_photos(name, params.experiments[0].train)
    shuffled = torch.from_numpy(np.random.default_rng(0).permutation(len(features)))
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    for held in shuffled.tensor_split(PARTS)[: 1 if quick else HELD_OUT]:
        others = relevant[torch.ones(len(relevant), dtype=torch.bool).index_fill(0, held, False)]
        for sees, columns in seen_by(name).items():
            for step, scores in tries(features[:, columns], relevant, held, system, sees == ALL):
                at = found.setdefault((sees, step), [])
                at.append(judged(scores, relevant[held], others))
                print(sees, step, at[-1], flush=True)
    if not quick:
        write(RESULTS / "best.md", found)


def write(path: Path, found: dict[tuple[str, str], list[dict[str, float]]]) -> None:
    """A row a try: the means over parts, and how much F1 wanders between them."""
    rows = [
        [*of, *(f"{mean(one[name] for one in parts):.1f}" for name in ("P", "R", "F1"))]
        + [f"{stdev(one['F1'] for one in parts):.1f}", f"{mean(one['N+'] for one in parts):.0f}"]
        for of, parts in found.items()
    ]
    head = ["features", "steps", "P", "R", "F1", "F1's deviation", "N+"]
    with atomic_write(path) as part:
        part.write_text(format_table(head, rows, words=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
