"""Format scores and intervals for tables, and explain them."""

import pandas as pd

BASELINES = ("neighbours", "frequency", "random", "rarest")
"""Systems without a trained model."""

MEANING = (
    "P@k, R@k: precision and recall of a photo's first k tags. A@10: photos with a right tag "
    "among ten. MiAP: mean average precision over photos. F1 of means: harmonic mean of the "
    "tags' mean precision and mean recall at five tags a photo; mean F1: mean of the tags' F1. "
    "N+: tags found at least once. mAP: mean average precision over tags. All but N+ in percent; "
    "of equal scores the mean over their orders counts."
)
INTERVALS = (
    "In brackets the 95 % interval over resamples of users, all photos of a user together (of "
    "photos, where no user is known), of the mean over seeds. It does not include the variation "
    "between trainings: for that, see the rows of each seed in scores.csv."
)


def format_score(metric: str, value: float) -> str:
    """Format a score: percent with one decimal; N+ as a number of words.

    Means over seeds of a number of words have a decimal.

    >>> [format_score("map", 0.2814), *(format_score("n_plus", of) for of in (158.0, 158.333))]
    ['28.1', '158', '158.3']
    """
    if metric == "n_plus":
        return f"{value:.0f}" if value == round(value) else f"{value:.1f}"
    return f"{100 * value:.1f}"


def format_interval(row: pd.Series) -> str:
    """Format a row of scores.csv: `28.1 [26.0, 30.3]`."""
    low, high = (
        f"{row[end]:.0f}" if row["metric"] == "n_plus" else format_score(row["metric"], row[end])
        for end in ("low", "high")
    )
    return f"{format_score(row['metric'], row['value'])} [{low}, {high}]"


def format_pair(train: str, test: str) -> str:
    """Heading of a training and a test corpus.

    >>> format_pair("corel5k", "corel5k"), format_pair("corel5k", "flickr8k")
    ('corel5k', 'corel5k → flickr8k')
    """
    return train if train == test else f"{train} → {test}"


def format_seeds(scores: pd.DataFrame) -> str:
    """The number of seeds in rows of scores.csv: `3 seeds`."""
    seeds = scores.loc[scores["seed"] != "mean", "seed"].nunique()
    return f"{seeds} {'seed' if seeds == 1 else 'seeds'}"
