"""Which rates suit im2vec's variants on each corpus, by validation mAP: im2vec_settings.csv.

`python tests/benchmarks/choose_im2vec_settings.py FOLDER [--only CORPUS/BACKBONE ...] [--quick]`,
after `make results` and `make results RUN=photographs MIRROR=...` and in the same folder: takes
their splits and vocabularies, and the features of both backbones (those of Lite0 are made by the
runs `exclusion` and `photographs-lite0`). Trains every row of `list_rows` with each of its rates,
seed 0. FOLDER keeps the taggers for judge_im2vec.py. Test photos have no part in it. About half a
minute of a core a training; --only leaves the other corpora's rows of the file as they are.
"""

import argparse
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from harness import RESULTS, ROOT, compute_as
from im2vec_study import CORPORA, SCALINGS, Cell

from phototags.io.storage import write_csv
from tests.presets import merge_presets

FILE = RESULTS / "im2vec_settings.csv"
CELL = ["train", "backbone"]
RATES = ["learning_rate", "tag_learning_rate"]


class Row(NamedTuple):
    """A row of the ablation: its settings, and the rates to choose from."""

    keys: Mapping
    learning_rates: tuple[float, ...] = (0.001,)
    tag_learning_rates: tuple[float | None, ...] = (None,)

    def rates(self) -> Iterator[dict]:
        """The keys of each pair of rates."""
        for values in product(self.learning_rates, self.tag_learning_rates):
            yield {name: value for name, value in zip(RATES, values, strict=True) if value}


FIXED = {"model": "im2vec", "hidden": [512], "dropout": 0.3, "power": 0.5}
OLD = {"initial_length": None, "tag_optimiser": "sgd"}
JOINT = {**FIXED, "tag_vectors": "joint"}
LENGTH, ADAM, ADAGRAD = (
    {"initial_length": 0.35},
    {"tag_optimiser": "adam"},
    {"tag_optimiser": "adagrad"},
)
EXACT = {"expectation": "exact"}
WIDE = {"dimensions": 512, "hidden": [], "dropout": 0.5}
MENDED = {**JOINT, **ADAM, **LENGTH, **EXACT}
ENDS = {
    "multihot": Row({"model": "multihot", "epochs": 120}, (0.0003, 0.001)),
    "im2vec-joint": Row({**JOINT, **OLD}, (0.001,), (0.03,)),
    "im2vec-joint+length+adam+exact+wide": Row({**MENDED, **WIDE}, (0.0003, 0.001), (0.003,)),
}
"""What every corpus and backbone is judged by."""
STEPS = {
    "im2vec": Row({**FIXED, **OLD}),
    "im2vec+length+exact": Row({**FIXED, **OLD, **LENGTH, **EXACT}),
    "im2vec-joint+length": Row({**JOINT, **OLD, **LENGTH}, (0.001,), (0.03,)),
    "im2vec-joint+adam": Row({**JOINT, **OLD, **ADAM}, (0.001,), (0.03,)),
    "im2vec-joint+length+adam": Row({**JOINT, **ADAM, **LENGTH}, (0.001,), (0.003,)),
    "im2vec-joint+length+adagrad": Row({**JOINT, **ADAGRAD, **LENGTH}, (0.001,), (0.03,)),
    "im2vec-joint+length+adam+exact": Row(MENDED, (0.001,), (0.003,)),
}
"""What lies between, for the corpora of ABLATED."""
ABLATED = {("openclipart", "clip_vit_b16"), ("corel5k-260", "efficientnet_lite0")}


def list_rows(cell: Cell) -> dict[str, Row]:
    """The rows of a corpus and backbone, those before their mending first."""
    steps = STEPS if (cell.corpus, cell.backbone) in ABLATED else {}
    first, before, mended = ENDS.items()
    return dict([first, before, *steps.items(), mended])


def parse_arguments(about: str) -> argparse.Namespace:
    """FOLDER, --only and --quick of this command and of judge_im2vec.py."""
    parser = argparse.ArgumentParser(description=about)
    names = [f"{corpus}/{backbone}" for corpus in CORPORA for backbone in SCALINGS]
    parser.add_argument("folder", type=Path, help="keeps taggers")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="CELL")
    parser.add_argument("--quick", action="store_true", help="one epoch, nothing written")
    given = parser.parse_args()
    compute_as(merge_presets([ROOT / "params.yaml"]))
    torch.set_num_threads(1)
    folder = given.folder / "quick" if given.quick else given.folder
    given.cells = [Cell(*name.split("/"), folder) for name in given.only]
    given.shorter = {"epochs": 1} if given.quick else {}
    return given


def try_rates(cell: Cell, shorter: Mapping) -> list[dict]:
    """A row for each system and its rates: validation mAP in percent and the best epoch."""
    found = []
    for name, row in list_rows(cell).items():
        for rates in row.rates():
            best = cell.train({**row.keys, **rates, **shorter})[1]
            about = {"train": cell.corpus, "backbone": cell.backbone, "system": name, **rates}
            score = round(100 * best["validation_map"], 2)
            found.append({**about, "validation_map": score, "epoch": int(best["epoch"])})
    return found


def replace_cells(path: Path, found: pd.DataFrame) -> pd.DataFrame:
    """The rows of a file, those of the cells in `found` replaced, in the order of CORPORA."""
    kept = pd.read_csv(path) if path.exists() else found[:0]
    done = set(found[CELL].itertuples(index=False, name=None))
    kept = kept[[one not in done for one in kept[CELL].itertuples(index=False, name=None)]]
    rows = pd.concat([kept, found]) if len(kept) else found
    order = [(corpus, backbone) for corpus in CORPORA for backbone in SCALINGS]
    places = [order.index(one) for one in rows[CELL].itertuples(index=False, name=None)]
    return rows.assign(place=places).sort_values("place", kind="stable").drop(columns="place")


def main() -> None:
    given = parse_arguments(__doc__)
    found = pd.DataFrame([row for cell in given.cells for row in try_rates(cell, given.shorter)])
    print(found.to_string())
    if not given.quick:
        write_csv(FILE, replace_cells(FILE, found))


if __name__ == "__main__":
    main()
