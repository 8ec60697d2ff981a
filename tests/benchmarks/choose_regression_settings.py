"""Which learning rates suit wdv, naive-sum and fast0tag: results/benchmarks/regression_settings.md.

`python tests/benchmarks/choose_regression_settings.py [--quick]`, after `make results
RUN=photographs` and in the same folder: trains each on corel5k-260 with every learning rate, and
naive-sum with the tags' vectors as they are and at length one, and scores them on validation
photos. Test photos have no part in it. Ten minutes of one core.
"""

import numpy as np
import torch
from harness import ROOT, arguments, compute_as, conclude_page

from phototags.evaluation.metrics.all_metrics import compute_metrics
from phototags.evaluation.metrics.resamples import Resamples
from phototags.report.markdown import format_page, format_table
from phototags.training.inputs import read_inputs
from phototags.training.train import train
from tests.presets import merge_presets, read_job

CORPUS, SEED = "corel5k-260", 0
RATES = (1e-3, 3e-4, 1e-4, 3e-5)
SYSTEMS = {
    "wdv": [{}],
    "naive-sum": [{"unit_vectors": True}, {"unit_vectors": False}],
    "fast0tag": [{}],
}
MEASURES = [("map", 0), ("f1_of_means", 5)]
EXPLAINED = (
    "Percent, on the validation photos of corel5k-260, of the systems of presets/photographs.yaml "
    "with these settings and all else as there; seed 0. Active units: hidden units that fire on "
    "a training photo; the others are dead."
)


def reach(name: str, keys: dict) -> list[str]:
    """mAP, F1 of means and active units of a system with other settings, as cells."""
    params = merge_presets([ROOT / "params.yaml", ROOT / "presets/photographs.yaml"])
    system = params.train.systems[name].model_copy(update=keys)
    inputs = read_inputs(read_job(params.run, CORPUS, name, SEED), system)
    photos, validation = inputs.parts
    tagger, history = train(system, photos, validation, inputs.tag_vectors, SEED)
    scores = tagger.scores(validation.features).numpy()
    relevant = validation.relevant(len(inputs.tag_vectors)).numpy()
    whole = Resamples(np.ones((1, len(relevant)), np.float32), 1.0)
    found = {(one.metric, one.k): one.value for one in compute_metrics(scores, relevant, whole)}
    cells = [f"{100 * found[measure]:.1f}" for measure in MEASURES]
    active = history["active_units"].iloc[-1]
    return [*cells, "" if np.isnan(active) else f"{100 * active:.1f}"]


def main() -> None:
    quick = arguments(__doc__).quick
    compute_as(merge_presets([ROOT / "params.yaml", ROOT / "presets/photographs.yaml"]))
    torch.set_num_threads(1)
    rows = []
    for name, variants in SYSTEMS.items():
        for variant in variants:
            for rate in RATES[-1:] if quick else RATES:
                keys = variant | {"learning_rate": rate} | ({"epochs": 1} if quick else {})
                unit = {True: "yes", False: "no"}.get(variant.get("unit_vectors"), "")
                rows.append([name, unit, f"{rate:g}", *reach(name, keys)])
                print(*rows[-1], flush=True)
    head = ["system", "unit vectors", "learning rate", "mAP", "F1 of means", "active units"]
    text = format_page("Settings of the regressions", EXPLAINED, format_table(head, rows, 2))
    conclude_page("regression_settings", text, quick)


if __name__ == "__main__":
    main()
