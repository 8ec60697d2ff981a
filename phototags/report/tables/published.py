"""Compare with published results that use the same protocol."""

from typing import NamedTuple

import pandas as pd

from phototags.evaluation.metrics.summary import mean_rows
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import format_interval

CORPUS = "corel5k-260"
MEASURES = ["tag_precision", "tag_recall", "f1_of_means", "n_plus"]
PROTOCOL = (
    "Corel-5K in the 260-word form: 4,500 training and 499 test photos, five words for every "
    "photo. P and R are means over all 260 words (each has a test photo; a word that is never "
    "predicted has P 0), F1 is the harmonic mean of these two means, N+ the number of words found "
    "at least once; all but N+ in percent."
)
SURVEY = (
    "Published rows from a public survey page "
    "(https://lijiancheng0614.github.io/2015/09/01/2015_09_01_Image_Annotation_Result/), "
    "with the papers' own features and without intervals; our rows with the 95 % interval over "
    "resamples of test photos. Rows with * are from the authors' repositories (see "
    "doi.org/10.1007/s00371-023-02873-3 and doi.org/10.1007/s00371-024-03618-6): networks trained "
    "end to end at 448 pixels. They give a photo all words above a threshold instead of five, and "
    "their public code keeps the epoch with the best F1 on the test photos."
)


class Row(NamedTuple):
    """A published method: scores in percent, N+ in words."""

    method: str
    year: int
    precision: float
    recall: float
    f1: float
    n_plus: int
    source: str


VISUAL_COMPUTER = "Salar & Ahmadi, The Visual Computer"
PUBLISHED = (
    Row("JEC", 2008, 27, 32, 29.3, 139, "Makadia, Pavlovic & Kumar, ECCV"),
    Row("TagProp σML", 2009, 33, 42, 37.0, 160, "Guillaumin, Mensink, Verbeek & Schmid, ICCV"),
    Row("FastTag", 2013, 32, 43, 36.7, 166, "Chen, Zheng & Weinberger, ICML"),
    Row("CNN-R", 2015, 32, 41.3, 36.1, 166, "Murthy, Maji & Manmatha, ICMR"),
    Row("2PKNN+ML", 2012, 44, 46, 45.0, 191, "Verma & Jawahar, ECCV"),
    Row("CCA-KNN", 2015, 42, 52, 46.5, 201, "Murthy, Maji & Manmatha, ICMR"),
    Row("NSIDML", 2016, 44.1, 51.8, 47.8, 194, "Jin & Jin, JVCIR"),
    Row("AWD-IKNN", 2016, 42, 55, 47.7, 198, "adaptive weighted distance in improved kNN, PCM"),
    Row("TResNet-M, MCC thresholds*", 2023, 48.4, 56.3, 52.0, 191, VISUAL_COMPUTER),
    Row("attention-based pooling*", 2024, 45.3, 61.1, 52.0, 202, VISUAL_COMPUTER),
)


def format_published(scores: pd.DataFrame) -> str:
    """published.md; says so when no corpus of the run has a published protocol."""
    mean = mean_rows(scores)
    ours = mean[(mean["train"] == CORPUS) & (mean["test"] == CORPUS)]
    title = "Comparison with published results"
    if ours.empty:
        return format_page(
            title,
            f"No corpus of this run is scored by a published protocol. The run `photos` is: "
            f"it trains and tests on `{CORPUS}`.",
        )
    theirs = [
        [f"{row.method} ({row.year})", row.source]
        + [f"{number:g}" for number in (row.precision, row.recall)]
        + [f"{row.f1:.1f}", str(row.n_plus)]
        for row in PUBLISHED
    ]
    head = ["method", "source", "P", "R", "F1", "N+"]
    first = ours.iloc[0]
    counted = f"Counted here: {first['photos']} test photos, {first['tags']} words."
    rows = format_table(head, theirs + _rows(ours), words=2)
    return format_page(title, f"{PROTOCOL} {SURVEY} {counted}", rows)


def _rows(ours: pd.DataFrame) -> list[list[str]]:
    rows = []
    for system, of in ours.groupby("system", sort=False):
        by_metric = of[of["metric"].isin(MEASURES)].set_index("metric", drop=False)
        cells = [format_interval(by_metric.loc[metric]) for metric in MEASURES]
        rows.append([system, "this run, mean of seeds", *cells])
    return rows
