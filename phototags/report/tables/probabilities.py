"""probabilities.md: how well the exported tagger's probabilities hold on test photos."""

import pandas as pd

from phototags.evaluation.score_probabilities import summarise_errors
from phototags.report.markdown import format_page, format_table

ERRORS = (
    "Expected calibration error on test photos in percent, perfect 0: how far the probability of "
    "a tag is from the share of photos that have it, the mean over 15 bins. Before: the sigmoid "
    "of the score, which is a probability only if the system learned one. After: fitted on "
    "validation photos."
)
GIVEN = (
    "What the options of `phototags tag` give on the same {photos:,} test photos; precision and "
    "recall over all pairs of photo and tag, in percent. A tag that nobody wrote counts as wrong."
)
NONE = (
    "There is nothing to measure: no validation photo to fit probabilities on, or no test photo, "
    "has a known tag."
)


def format_probabilities(reliability: pd.DataFrame, cuts: pd.DataFrame) -> list[str]:
    """The paragraphs and tables, without a heading.

    Args:
        reliability, cuts: of `score_probabilities`.
    """
    if reliability.empty:
        return [NONE]
    errors = summarise_errors(reliability)
    rows = [
        [f"{tags} tags" if tags == "all" else f"a photo's {tags}", percent(of[False], 2)]
        + [percent(of[True], 2)]
        for tags, of in errors.iterrows()
    ]
    given = [
        [f"`--{row.cut} {row.wanted:g}`", f"{row.probability:.2f}", f"{row.tags_per_photo:.2f}"]
        + [percent(row.precision), percent(row.recall)]
        for row in cuts.itertuples()
    ]
    head = ["option", "lowest probability", "tags a photo", "precision", "recall"]
    return [
        ERRORS,
        format_table(["tags", "before", "after"], rows),
        GIVEN.format(photos=cuts["photos"].iloc[0]),
        format_table(head, given),
    ]


def format_probabilities_page(reliability: pd.DataFrame, cuts: pd.DataFrame) -> str:
    """The page in Markdown."""
    return format_page("Probabilities", *format_probabilities(reliability, cuts))


def percent(share: float, decimals: int = 1) -> str:
    """A share in percent; nothing for nan."""
    return "" if pd.isna(share) else f"{100 * share:.{decimals}f}"
