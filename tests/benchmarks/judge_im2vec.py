"""What mends im2vec, part by part, beside multihot: results/benchmarks/im2vec_repair.{csv,md}.

`python tests/benchmarks/judge_im2vec.py FOLDER [--only CORPUS/BACKBONE ...] [--quick]`, after
choose_im2vec_settings.py with the same FOLDER, whose taggers it scores on the test photos. Each row
has the rates with the best validation mAP of its corpus and backbone.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from choose_im2vec_settings import (
    CELL,
    FILE,
    RATES,
    list_rows,
    parse_arguments,
    replace_cells,
)
from harness import RESULTS, conclude_page
from im2vec_study import RARE, Cell

from phototags.errors import ModelError
from phototags.evaluation.metrics.summary import summarise_scores
from phototags.io.storage import write_csv
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import INTERVALS, format_interval

SEED = 0
MEASURES = {
    ("precision", 1): "P@1",
    ("recall", 5): "R@5",
    ("map", 0): "mAP",
    ("map_rare", 0): "mAP, rare",
    ("f1_of_means", 5): "F1",
    ("n_plus", 5): "N+",
}
EXPLAINED = (
    "Test photos of each corpus' own split, seed 0. `length`: the tag vectors begin at a mean "
    "length of 0.35, otherwise at skip-gram's of about 7. `adam`, `adagrad`: optimiser of the tag "
    "table in place of plain SGD, on the rows of each step's tags. `exact`: the loss' expectation "
    "over the whole vocabulary in place of sampled tags. `wide`: 512 dimensions in place of 50, "
    "without a hidden layer, dropout 0.5. `prior`: `prior_weight: 1`, which changes "
    f"no mAP. Rare: tags of at most {RARE} training photos. Rates: of the "
    "weights and, where joint, of the tag vectors, the best on validation photos "
    "(im2vec_settings.csv). "
)


def best_rates(cell: Cell, name: str) -> dict:
    """The rates of a row with the best validation mAP.

    Raises:
        ModelError: none was tried.
    """
    tried = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame(columns=[*CELL, "system"])
    own = (tried["train"] == cell.corpus) & (tried["backbone"] == cell.backbone)
    tried = tried[own & (tried["system"] == name)]
    if tried.empty:
        raise ModelError(
            f"{FILE} should have rates of {name} for {cell.corpus} on {cell.backbone}, but has "
            "none: run choose_im2vec_settings.py first."
        )
    best = tried.loc[tried["validation_map"].idxmax()]
    return best[RATES].dropna().to_dict()


def score_rows(cell: Cell, quick: bool) -> Iterator[tuple[str, dict, pd.DataFrame]]:
    """Each row of `list_rows`, without and with the prior: its name, rates and scores."""
    for name, row in list_rows(cell).items():
        rates = next(row.rates()) if quick else best_rates(cell, name)
        tagger, best = cell.train({**row.keys, **rates, **({"epochs": 1} if quick else {})}, SEED)
        about = {**dict.fromkeys(RATES), **rates, "validation_map": best["validation_map"]}
        scores = cell.predict(tagger)
        yield name, about, cell.score(scores)
        if row.keys["model"] == "im2vec":
            prior = row.keys["power"] * cell.log_rates()
            yield f"{name}+prior", about, cell.score(scores + prior)


def judge(cell: Cell, quick: bool) -> pd.DataFrame:
    """The tidy scores of a cell's rows."""
    jobs, files, rates = [], [], {}
    with TemporaryDirectory() as folder:
        for name, best, scores in score_rows(cell, quick):
            rates[name] = best
            jobs.append((cell.corpus, cell.corpus, name, SEED))
            files.append(Path(folder) / f"{len(jobs)}.parquet")
            scores.to_parquet(files[-1])
            print(cell.corpus, cell.backbone, name, flush=True)
        rows = summarise_scores(files, jobs)
    rows = rows[(rows["seed"] == "mean") & ~rows["metric"].str.endswith("_lower_bound")]
    rows = rows.drop(columns=["test", "seed", "bridge"]).join(
        pd.DataFrame.from_dict(rates, "index"), on="system"
    )
    rows.insert(1, "backbone", cell.backbone)
    return rows


def format_tables(rows: pd.DataFrame) -> list[str]:
    """A heading and a table for each corpus and backbone."""
    parts = []
    for (corpus, backbone), of in rows.groupby(CELL, sort=False):
        known = of.set_index(["system", "metric", "k"], drop=False)
        table = []
        for name in of["system"].unique():
            cells = [known.loc[(name, *measure)] for measure in MEASURES]
            rates = [f"{cells[0][rate]:g}" for rate in RATES if cells[0].notna()[rate]]
            shown = [format_interval(cell) for cell in cells]
            table.append(
                [name, *shown, f"{100 * cells[0]['validation_map']:.1f}", ", ".join(rates)]
            )
        head = ["system", *MEASURES.values(), "validation mAP", "rates"]
        photos, tags, rare = (
            known.loc[(name, *measure)]["photos" if number == 0 else "tags"]
            for number, measure in enumerate([("map", 0), ("map", 0), ("map_rare", 0)])
        )
        about = f"{photos:,} photos, {tags:,} tags, of which {rare:,} are rare."
        parts += [f"## {corpus}, {backbone}", about, format_table(head, table)]
    return parts


def main() -> None:
    given = parse_arguments(__doc__)
    found = pd.concat([judge(cell, given.quick) for cell in given.cells], ignore_index=True)
    path = RESULTS / "im2vec_repair.csv"
    rows = found if given.quick else replace_cells(path, found)
    text = format_page(
        "What mends im2vec", EXPLAINED + INTERVALS.partition(" It does")[0], *format_tables(rows)
    )
    conclude_page("im2vec_repair", text, given.quick)
    if not given.quick:
        write_csv(path, rows)


if __name__ == "__main__":
    main()
