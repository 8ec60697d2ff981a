"""Whether the tag vectors know which tag is missing, beside counts that could know it too."""

import pandas as pd

from phototags.evaluation.metrics.summary import mean_rows
from phototags.report.tables.cells import INTERVALS, with_interval
from phototags.report.tables.headline import heading
from phototags.report.tables.markdown import page, table

MEASURES = {("recall", 10): "R@10", ("mrr", 0): "MRR"}
EXPLAINED = (
    "One tag of each test photo is hidden; the others are to tell it. R@10: how often it is "
    "among the ten best of the tags that the photo does not show; MRR: the mean of one over its "
    "place. In percent, ties count against. Controls: `frequency` names the commonest tags, "
    "`cooccurrence` sums P(tag | shown tag) as counted on the training photos. `nearest` takes "
    "the cosine to the shown tags' vectors, as `phototags near` does, `text-nearest` the same "
    "before training; `tag-vectors` is what the vectors were trained for: tag times context, "
    "plus the log count. On another corpus the tags are those that both have, letter for letter."
)


def tag_vectors(scores: pd.DataFrame) -> str:
    """tag_vectors.md of a tag_vectors.csv."""
    judged = mean_rows(scores)
    if judged.empty:
        return page("Tag vectors", "No test photo of this run has two tags of the vocabulary.")
    parts = []
    for (train, test), of in judged.groupby(["train", "test"], sort=False):
        first = of.iloc[0]
        seeds = scores.loc[scores["seed"] != "mean", "seed"].nunique()
        counted = (
            f"{first['photos']:,} test photos with two tags or more of {first['tags']:,}, "
            f"{seeds} {'seed' if seeds == 1 else 'seeds'}."
        )
        parts += [f"## {heading(train, test)}", counted, _of_pair(of)]
    how_sure = INTERVALS.replace("scores.csv", "tag_vectors.csv")
    return page("Tag vectors", f"{EXPLAINED} {how_sure}", *parts)


def _of_pair(of: pd.DataFrame) -> str:
    rows = [
        [system, *(with_interval(cells.loc[measure]) for measure in MEASURES)]
        for system, rows in of.groupby("system", sort=False)
        for cells in [rows.set_index(["metric", "k"], drop=False)]
    ]
    return table(["", *MEASURES.values()], rows)
