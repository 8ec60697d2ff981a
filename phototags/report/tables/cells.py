"""How a score is written in a table, and which systems it beats."""

import string

import pandas as pd

NAMES = {
    ("precision", 1): "P@1",
    ("precision", 5): "P@5",
    ("recall", 5): "R@5",
    ("recall", 10): "R@10",
    ("accuracy", 10): "A@10",
    ("miap", 0): "MiAP",
    ("f1_of_means", 5): "F1 of means",
    ("mean_f1", 5): "mean F1",
    ("n_plus", 5): "N+",
    ("map", 0): "mAP",
}
"""(metric, k) of the headline, and the name that its column has."""

MEANING = (
    "P@k, R@k: precision and recall of a photo's first k tags. A@10: photos with a right tag "
    "among ten. MiAP: mean average precision over photos. F1 of means: harmonic mean of the "
    "tags' mean precision and mean recall at five tags a photo; mean F1: mean of the tags' F1. "
    "N+: tags found at least once. mAP: mean average precision over tags. All but N+ in percent; "
    "ties count against the system."
)
INTERVALS = (
    "In brackets the 95 % bootstrap interval over test photos, of the mean over seeds. It does "
    "not tell how far another training would fall; the seeds' own rows in scores.csv do."
)


def shown(metric: str, value: float) -> str:
    """A score as the tables write it: percent with one decimal, words as a number of words.

    Means over seeds of a number of words have a decimal.

    >>> shown("map", 0.2814), shown("n_plus", 158.0), shown("n_plus", 158.333)
    ('28.1', '158', '158.3')
    """
    if metric == "n_plus":
        return f"{value:.0f}" if value == round(value) else f"{value:.1f}"
    return f"{100 * value:.1f}"


def with_interval(row: pd.Series) -> str:
    """`28.1 [26.0, 30.3]` of a row of scores.csv."""
    low, high = (
        f"{row[end]:.0f}" if row["metric"] == "n_plus" else shown(row["metric"], row[end])
        for end in ("low", "high")
    )
    return f"{shown(row['metric'], row['value'])} [{low}, {high}]"


def letters(systems: list[str]) -> dict[str, str]:
    """A letter for each system, so that a cell can name the systems it beats."""
    names = string.ascii_lowercase + string.ascii_uppercase
    return dict(zip(systems, names, strict=False))


def beaten(scores: pd.DataFrame, system: str) -> list[str]:
    """The systems whose interval lies wholly below that of `system`.

    Args:
        scores: rows of one metric, one for each system.
    """
    low = scores.loc[scores["system"] == system, "low"].item()
    return scores.loc[scores["high"] < low, "system"].to_list()
