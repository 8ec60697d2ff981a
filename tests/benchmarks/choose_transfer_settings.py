"""Which head suits transfer, by validation mAP: results/benchmarks/transfer_settings.md.

`python tests/benchmarks/choose_transfer_settings.py [--quick]`, after `make results RUN=transfer
MIRROR=...` and in the same folder: takes its features, vocabularies, splits and settings, and
trains its systems with other hidden layers, seed 0. What learns on from noisy tags begins with
layers of its own widths, taught here too. Test photos have no part in it. Half an hour of a core.
"""

import torch
from harness import ROOT, arguments, compute_as, conclude_page

from phototags.report.markdown import format_page, format_table
from phototags.training.inputs import read_inputs
from phototags.training.train import train
from phototags.workflow.config import Params
from tests.presets import merge_presets, read_job

SEED = 0
HEADS = {
    "[512]": {"hidden": [512]},
    "[1024, 512], dropout 0.3": {"hidden": [1024, 512], "dropout": 0.3},
    "[1024, 512]": {"hidden": [1024, 512]},
    "none": {"hidden": []},
}
EXPLAINED = (
    "Validation mAP in percent of the best epoch, seed 0, of the systems of presets/transfer.yaml "
    "with these hidden layers (ReLU between two, none behind the last) and all else as there. "
    "Without hidden layers nothing can be begun with; `clean` is then `clean-linear`."
)


def learned_from(params: Params) -> dict[str, str]:
    """The corpus that each system with hidden layers learns from, first the one they start from."""
    corpora = {}
    for experiment in params.experiments[:2]:
        for name in experiment.learning(params.train.systems):
            system = params.train.systems[name]
            if getattr(system, "hidden", None):
                corpora[name] = experiment.train
    return corpora


def tried(params: Params, keys: dict) -> dict[str, float]:
    """Validation mAP of each system whose head has these keys."""
    found, taught = {}, {}
    for name, corpus in learned_from(params).items():
        system = params.train.systems[name].model_copy(update=keys)
        if system.initialise_from and not system.hidden:
            continue
        inputs = read_inputs(read_job(params.run, corpus, name, SEED), system)
        start = taught[system.initialise_from.system] if system.initialise_from else None
        tagger, history = train(system, *inputs.parts, inputs.tag_vectors, SEED, source=start)
        taught[name], found[name] = tagger.tensors(), history["validation_map"].max()
        print(name, keys, f"{found[name]:.4f}", flush=True)
    return found


def main() -> None:
    quick = arguments(__doc__).quick
    params = merge_presets([ROOT / "params.yaml", ROOT / "presets/transfer.yaml"])
    compute_as(params)
    torch.set_num_threads(1)
    shorter = {"epochs": 1, "max_train_photos": 200} if quick else {}
    found = {head: tried(params, keys | shorter) for head, keys in HEADS.items()}
    rows = [
        [name, corpus, *(f"{100 * of[name]:.1f}" if name in of else "" for of in found.values())]
        for name, corpus in learned_from(params).items()
    ]
    text = format_page(
        "Settings for transfer", EXPLAINED, format_table(["system", "corpus", *HEADS], rows, 2)
    )
    conclude_page("transfer_settings", text, quick)


if __name__ == "__main__":
    main()
