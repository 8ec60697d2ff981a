"""Compare with published results that use the same protocol.

`python -m phototags.report.tables.published FILE` writes the published rows of all corpora alone.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from phototags.evaluation.metrics.summary import mean_rows
from phototags.io.storage import write_text
from phototags.report.markdown import format_page, format_table
from phototags.report.tables.cells import format_interval

MEASURES = ["tag_precision", "tag_recall", "f1_of_means", "n_plus"]
PROTOCOL = (
    "{corpus}: {photos}, five words for every "
    "photo. P and R are means over all {words} words (each has a test photo; a word that is never "
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
ALL = "Published rows alone, of the three corpora that most papers report."
TITLE = "Comparison with published results"


class Row(NamedTuple):
    """A published method: scores in percent, N+ in words."""

    method: str
    year: int
    precision: float
    recall: float
    f1: float
    n_plus: int
    source: str


class Protocol(NamedTuple):
    """A corpus as papers split it: its name, its photos, its words, its published rows."""

    corpus: str
    photos: str
    words: int
    rows: tuple[Row, ...]

    def describe(self) -> str:
        """What was trained on, scored and counted."""
        return PROTOCOL.format(corpus=self.corpus, photos=self.photos, words=self.words)


SOURCES = {
    "JEC": (2008, "Makadia, Pavlovic & Kumar, ECCV"),
    "TagProp σML": (2009, "Guillaumin, Mensink, Verbeek & Schmid, ICCV"),
    "FastTag": (2013, "Chen, Zheng & Weinberger, ICML"),
    "CNN-R": (2015, "Murthy, Maji & Manmatha, ICMR"),
    "2PKNN+ML": (2012, "Verma & Jawahar, ECCV"),
    "CCA-KNN": (2015, "Murthy, Maji & Manmatha, ICMR"),
    "NSIDML": (2016, "Jin & Jin, JVCIR"),
    "AWD-IKNN": (2016, "adaptive weighted distance in improved kNN, PCM"),
    "TResNet-M, MCC thresholds*": (2023, "Salar & Ahmadi, The Visual Computer"),
    "attention-based pooling*": (2024, "Salar & Ahmadi, The Visual Computer"),
}
"""Year and source of each method, in the order of the tables."""


def _list_rows(*scores: tuple[float, float, float, int]) -> tuple[Row, ...]:
    """A row for each of SOURCES, in their order."""
    return tuple(
        Row(method, year, *numbers, source)
        for (method, (year, source)), numbers in zip(SOURCES.items(), scores, strict=True)
    )


PROTOCOLS = {
    "corel5k-260": Protocol(
        "Corel-5K in the 260-word form",
        "4,500 training and 499 test photos",
        260,
        _list_rows(
            (27, 32, 29.3, 139),
            (33, 42, 37.0, 160),
            (32, 43, 36.7, 166),
            (32, 41.3, 36.1, 166),
            (44, 46, 45.0, 191),
            (42, 52, 46.5, 201),
            (44.1, 51.8, 47.8, 194),
            (42, 55, 47.7, 198),
            (48.4, 56.3, 52.0, 191),
            (45.3, 61.1, 52.0, 202),
        ),
    ),
    "esp_game-268": Protocol(
        "ESP Game in the 268-word form",
        "18,689 training and 2,081 test photos",
        268,
        _list_rows(
            (22, 25, 23.4, 224),
            (39, 27, 31.9, 239),
            (46, 22, 29.8, 247),
            (44.5, 28.5, 34.7, 248),
            (53, 27, 35.8, 252),
            (46, 36, 40.4, 260),
            (49.8, 29.5, 37.1, 253),
            (48, 34, 40.2, 257),
            (50.8, 42.1, 46.1, 255),
            (44.2, 50.0, 47.0, 262),
        ),
    ),
    "iaprtc12-291": Protocol(
        "IAPR TC-12 in the 291-word form",
        "17,665 training and 1,962 test photos",
        291,
        _list_rows(
            (28, 29, 28.5, 250),
            (46, 35, 39.8, 266),
            (47, 26, 33.5, 280),
            (49, 31, 38.0, 272),
            (54, 37, 43.9, 278),
            (45, 38, 41.2, 278),
            (56.9, 36.5, 45.2, 282),
            (50, 40, 44.5, 282),
            (56.2, 51.5, 53.7, 277),
            (51.5, 58.4, 54.7, 287),
        ),
    ),
}
"""By corpus of phototags."""


def format_published(scores: pd.DataFrame) -> str:
    """published.md; says so when no corpus of the run has a published protocol."""
    mean, parts = mean_rows(scores), []
    for corpus, protocol in PROTOCOLS.items():
        ours = mean[(mean["train"] == corpus) & (mean["test"] == corpus)]
        if not ours.empty:
            first = ours.iloc[0]
            counted = f"Counted here: {first['photos']} test photos, {first['tags']} words."
            parts.append(f"{protocol.describe()} {SURVEY} {counted}")
            parts.append(_format_rows(protocol, _rows(ours)))
    if not parts:
        parts.append(
            f"No corpus of this run is scored by a published protocol. The run `best` is: "
            f"it trains and tests on `{next(iter(PROTOCOLS))}`."
        )
    return format_page(TITLE, *parts)


def format_published_alone() -> str:
    """A page of the published rows of all of PROTOCOLS, without ours."""
    parts = [ALL, SURVEY]
    for protocol in PROTOCOLS.values():
        parts += [protocol.describe(), _format_rows(protocol, [])]
    return format_page("Published results", *parts)


def _format_rows(protocol: Protocol, ours: list[list[str]]) -> str:
    theirs = [
        [f"{row.method} ({row.year})", row.source]
        + [f"{number:g}" for number in (row.precision, row.recall)]
        + [f"{row.f1:.1f}", str(row.n_plus)]
        for row in protocol.rows
    ]
    return format_table(["method", "source", "P", "R", "F1", "N+"], theirs + ours, words=2)


def _rows(ours: pd.DataFrame) -> list[list[str]]:
    rows = []
    for system, of in ours.groupby("system", sort=False):
        by_metric = of[of["metric"].isin(MEASURES)].set_index("metric", drop=False)
        cells = [format_interval(by_metric.loc[metric]) for metric in MEASURES]
        rows.append([system, "this run, mean of seeds", *cells])
    return rows


if __name__ == "__main__":
    write_text(Path(sys.argv[1]), format_published_alone())
