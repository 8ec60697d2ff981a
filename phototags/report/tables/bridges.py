"""What it changes how a model's tags meet another corpus' words."""

import pandas as pd

from phototags.evaluation.metrics.summary import mean_rows
from phototags.params.score import UNSEEN
from phototags.report.tables.cells import INTERVALS, NAMES, with_interval
from phototags.report.tables.headline import heading
from phototags.report.tables.markdown import page, table

MEASURES = [("precision", 1), ("recall", 5), ("miap", 0), ("mean_f1", 5), ("n_plus", 5), ("map", 0)]
EXPLAINED = (
    "A model's tags meet the words of another corpus through a bridge: `exact` the same letters, "
    "`lemma` the same noun (horses, horse), `synset` the same meaning in WordNet, `embedding` "
    "the nearest text vector. A wider bridge reaches more words and more photos, so its scores "
    "are for another and often harder task: compare systems within a bridge, not bridges by a "
    "score alone."
)
ASKED = (
    "Bridges of unseen words go on from `synset` and ask taggers with tag vectors for words that "
    "no tag means, by a vector for the word: `transport` from text, moved as training moved the "
    "tags, `scale` from text, shortened (where tag vectors are as wide), `subword` by its "
    "spelling. Other taggers rank these words last."
)


def bridges(scores: pd.DataFrame) -> str:
    """bridges.md of a scores.csv: every bridge of every pair of two corpora."""
    judged = mean_rows(scores)
    across = judged[judged["train"] != judged["test"]]
    if across.empty:
        return page("Bridges", EXPLAINED, "Every test corpus of this run has the model's words.")
    parts = []
    for (train, test), of in across.groupby(["train", "test"], sort=False):
        parts += [f"## {heading(train, test)}", _of_pair(of)]
    asked = [ASKED] * bool(set(across["bridge"]) & set(UNSEEN))
    return page("Bridges", " ".join([EXPLAINED, *asked, INTERVALS]), *parts)


def _of_pair(of: pd.DataFrame) -> str:
    rows = []
    for (bridge, system), cells in of.groupby(["bridge", "system"], sort=False):
        by_metric = cells.set_index(["metric", "k"], drop=False)
        first = cells.iloc[0]
        rows.append(
            [bridge, system, f"{first['tags']:,}", f"{first['photos']:,}"]
            + [with_interval(by_metric.loc[measure]) for measure in MEASURES]
        )
    rows.sort(key=lambda row: list(dict.fromkeys(of["bridge"])).index(row[0]))
    names = [NAMES[measure] for measure in MEASURES]
    return table(["bridge", "system", "words", "photos", *names], rows, words=2)
