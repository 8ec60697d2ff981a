"""What a backbone's time buys: results/benchmarks/backbones.{csv,md}.

`python tests/benchmarks/judge_backbones.py FOLDER [--backbones NAME...] [--quick]`, after `make
results`, whose pictures, vocabulary, splits and settings of `multihot` it takes. FOLDER keeps the
features that it has to compute, some 20 minutes of one core. Times are of the network alone, on
one core, with all instructions of the processor, as networks in bf16 are computed; the backbones
take turns, since only times that follow each other can be compared.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import pandas as pd
import torch
import yaml
from backbone_study import Study, backbones
from harness import PAIRS, RESULTS, ROOT, compute_as, conclude_page, machine
from measuring import measured

from phototags.evaluation.metrics.summary import mean_rows
from phototags.features.backbones import Backbone, extract_features
from phototags.io.cpu import INSTRUCTION_SETS
from phototags.io.storage import write_csv
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import INTERVALS, format_interval
from phototags.report.tables.score_pages import format_pair
from phototags.workflow.config import validate_params

BATCH, TIMES = 32, "--times"
MEASURES = {("precision", 1): "P@1", ("map", 0): "mAP"}
EXPLAINED = (
    "The same head (`multihot`, settings of params.yaml, chosen for CLIP) on the features of each "
    "backbone. `twice` sees the picture and its mirror image and takes the mean: what a second "
    "pass of the small network buys beside one pass of a larger one. ms: milliseconds of one core "
    "a photo, without decoding, the median round; in brackets the fastest and the slowest."
)


def milliseconds(known: dict[str, Backbone], batch: int, rounds: int) -> dict[str, list[float]]:
    """CPU milliseconds a photo of each backbone in each round; who starts changes every round."""
    photos = {
        name: torch.randint(0, 256, (batch, 3, one.size, one.size), dtype=torch.uint8)
        for name, one in known.items()
    }
    found, names = {name: [] for name in known}, list(known)
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            cost = measured(lambda name=name: extract_features(known[name], photos[name]))
            if number:  # the first round warms up
                found[name].append(1000 * cost.cpu_seconds / batch)
    return found


def time_in_own_process(names: list[str], batch: int, rounds: int) -> dict[str, list[float]]:
    """`milliseconds` with all instructions: they are chosen when torch is imported."""
    asked = [sys.executable, __file__, TIMES, json.dumps([names, batch, rounds])]
    variables = {k: v for k, v in os.environ.items() if k not in INSTRUCTION_SETS["avx2"]}
    done = subprocess.run(asked, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def print_times(names: list[str], batch: int, rounds: int) -> None:
    """What `time_in_own_process` runs: `milliseconds` as JSON."""
    torch.set_num_threads(1)
    known = {name: one for name, one in backbones().items() if name in names}
    print(json.dumps(milliseconds(known, batch, rounds)))


def timed(given: dict[str, list[float]]) -> pd.DataFrame:
    """A row a backbone: milliseconds (median), fastest, slowest."""
    rows = {name: (median(of), min(of), max(of)) for name, of in given.items()}
    columns = ["milliseconds", "fastest", "slowest"]
    return pd.DataFrame.from_dict(rows, "index", columns=columns).round(2)


def page_of(scores: pd.DataFrame, times: pd.DataFrame, seeds: int) -> str:
    """backbones.md: a row a backbone, its cost and what it scores on each test corpus."""
    head, columns = ["backbone", "ms"], []
    for (train, test), of in scores.groupby(["train", "test"], sort=False):
        for measure, name in MEASURES.items():
            head.append(f"{format_pair(train, test)} {name}")
            cells = of[(of["metric"] == measure[0]) & (of["k"] == measure[1])].set_index("system")
            columns.append(cells)
    rows = [
        [
            name,
            f"{time.milliseconds:.1f} [{time.fastest:.1f}, {time.slowest:.1f}]",
            *(format_interval(cells.loc[name]) for cells in columns),
        ]
        for name, time in times.iterrows()
    ]
    how_sure = INTERVALS.partition(" It does")[0].replace("In brackets", "Behind a score")
    about = f"{EXPLAINED} {how_sure} Seeds: {seeds}. Timed on: {machine()}."
    return format_page("What a backbone's time buys", about, format_table(head, rows))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="keeps features")
    parser.add_argument("--backbones", nargs="+", metavar="NAME", help="of these alone")
    parser.add_argument("--quick", action="store_true", help="few pictures, nothing written")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    params = validate_params(yaml.safe_load((ROOT / "params.yaml").read_text()))
    compute_as(params)
    torch.set_num_threads(1)
    known = {name: one for name, one in backbones().items() if name in (given.backbones or [name])}
    seeds = params.train.seeds[: 1 if given.quick else None]
    folder = given.folder / "quick" if given.quick else given.folder
    study = Study(params, folder, few=12 if given.quick else None)
    scores = mean_rows(study.scored(known, seeds))
    rounds = 1 if given.quick else 2 * PAIRS
    times = timed(time_in_own_process([*known], 4 if given.quick else BATCH, rounds))
    text = page_of(scores, times, len(seeds))
    conclude_page("backbones", text, given.quick)
    if given.quick:
        return
    rows = scores.join(times, on="system").rename(columns={"system": "backbone"})
    write_csv(RESULTS / "backbones.csv", rows.assign(machine=machine()))


if __name__ == "__main__":
    if sys.argv[1:2] == [TIMES]:
        print_times(*json.loads(sys.argv[2]))
    else:
        main()
