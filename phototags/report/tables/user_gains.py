"""What it gains to know whose photo it is, beside what Denton et al. (KDD 2015) published."""

import pandas as pd

from phototags.report.tables.markdown import page, table

NAMES = {("precision", 1): "P@1", ("recall", 10): "R@10", ("accuracy", 10): "A@10"}
PUBLISHED = {
    "bilinear": (7.37, 11.71, 18.69),
    "user-biased": (9.02, 13.63, 21.88),
    "user-multiplicative": (9.03, 13.81, 22.04),
}
"""P@1, R@10 and A@10 in percent, on 20 million photos of a social network; only for gains."""

SHOWN, LISTED, FEWEST = 20, 10, 5
"""Frequent tags, tags of the other lists, test photos that a tag of those must have."""

EXPLAINED = (
    "Relative gains in percent over the bilinear model that was trained in the same way. In "
    "brackets the 95 % bootstrap interval over test photos, paired; `users drawn` is that of P@1 "
    "where whole users are drawn instead, wider wherever a few users have most photos. A user is "
    "known by the photos that are the user's history, which no system learns from and no score "
    "counts. `the user's tags`: whether the history's tags may be seen, or only its pictures; "
    "`nobody`: the model is the same and no user is known. "
    "Published: 20 million photos of a social network, users known by age, gender and home; only "
    "gains can be compared, never the scores themselves."
)
MULTIPLIED = (
    "Relative gain of `user-multiplicative` over `user-biased`, all else equal, and over itself "
    "where nobody is known: what is the user's of its gain, and not of its form or settings."
)
FOUND = (
    "Recall of single tags in percent, five tags given a photo, mean of the seeds. The last two "
    f"lists: tags of {FEWEST} test photos or more."
)


def users(train: str, gains: pd.DataFrame) -> str:
    """users.md: what knowing the user gains.

    Args:
        gains: COLUMNS of scoring.gains.
    """
    first = gains.iloc[0]
    counted = f"{train}: {first['photos']:,} test photos of {first['users']:,} users are scored."
    return page("Users", EXPLAINED, counted, _gains(gains), MULTIPLIED, _duels(gains))


def user_tags(train: str, gains: pd.DataFrame, tags: pd.DataFrame) -> str:
    """user_tags.md: which tags gain.

    Args:
        gains, tags: COLUMNS of scoring.gains and, of several systems, of scoring.user_tags.
    """
    parts, recall = [], tags.pivot(index="tag", columns="system", values="recall")
    recall = recall[tags["system"].unique()]
    about = tags.drop_duplicates("tag").set_index("tag")[["training_photos", "photos"]]
    for title, chosen in listed(gains, tags).items():
        rows = [
            [tag, *(f"{about.loc[tag, column]:,}" for column in about)]
            + [f"{100 * one:.0f}" for one in recall.loc[tag]]
            for tag in chosen.index
        ]
        parts += [f"## {title}", table(["tag", "learned from", "tested on", *recall], rows)]
    return page(f"Tags of {train} by those who know the user", FOUND, *parts)


def signed(gain: float) -> str:
    """A relative gain in percent.

    >>> signed(0.224), signed(-0.031)
    ('+22.4', '-3.1')
    """
    return f"{100 * gain:+.1f}"


def _gains(gains: pd.DataFrame) -> str:
    rows, models = [], _models(gains)
    for system, of in gains.groupby("system", sort=False):
        scores = of[of["over"].isna()].set_index(["metric", "k"])
        over = of[of["over"].map(models) == "bilinear"].set_index(["metric", "k"])
        values = [f"{100 * scores.loc[measure, 'value']:.1f}" for measure in NAMES]
        rows.append([*_named(of.iloc[0], system), *values, *_cells(over)])
    control, *others = PUBLISHED.items()
    for model, published in others:
        cells = [signed(ours / its - 1) for ours, its in zip(published, control[1], strict=True)]
        rows.append([f"{model}, published", "", "", *[""] * len(NAMES), *cells, ""])
    names = list(NAMES.values())
    head = ["system", "training", "the user's tags", *names, *(f"gain {name}" for name in names)]
    return table([*head, "users drawn"], rows, words=3)


def _models(gains: pd.DataFrame) -> pd.Series:
    return gains.drop_duplicates("system").set_index("system")["model"]


def _named(row: pd.Series, system: str) -> list[str]:
    known = row["descriptors"].split()
    tags = "seen" if "tags" in known else "no" if known else "nobody"
    return [system, row["sampling"], "" if row["model"] == "bilinear" else tags]


def _cells(over: pd.DataFrame) -> list[str]:
    """Gains with intervals of one system over one other; empty without."""
    if over.empty:
        return [""] * (len(NAMES) + 1)
    found = [over.loc[measure] for measure in NAMES]
    cells = [
        f"{signed(one['gain'])} [{signed(one['low'])}, {signed(one['high'])}]" for one in found
    ]
    return [*cells, f"[{signed(found[0]['users_low'])}, {signed(found[0]['users_high'])}]"]


def _duels(gains: pd.DataFrame) -> str:
    duels = gains[gains["over"].map(_models(gains)).isin(["user-biased", "user-multiplicative"])]
    rows = []
    for (system, over), of in duels.groupby(["system", "over"], sort=False):
        about = _named(of.iloc[0], system)[1:]
        rows.append([f"{system} over {over}", *about, *_cells(of.set_index(["metric", "k"]))])
    head = ["", "training", "the user's tags", *(f"gain {name}" for name in NAMES.values())]
    return table([*head, "users drawn"], rows, words=3)


def listed(gains: pd.DataFrame, tags: pd.DataFrame) -> dict[str, pd.Series]:
    """The three lists of tags of Denton et al., by title, best first; none without users.

    Args:
        gains, tags: of `user_tags`.
    """
    recall = tags.pivot(index="tag", columns="system", values="recall")
    about = tags.drop_duplicates("tag").set_index("tag")
    known, models = about[about["photos"] >= FEWEST].index, _models(gains)
    with_users = list(gains.loc[gains["descriptors"] != "", "system"].unique())
    if not with_users:
        return {}
    control = next(system for system in models.index if models[system] == "bilinear")
    best = recall.loc[known, with_users].mean(axis=1)
    more = best - recall.loc[known, control]
    return {
        f"The {SHOWN} most frequent tags": about["training_photos"].nlargest(SHOWN),
        f"The {LISTED} tags best predicted by those who know the user": best.nlargest(LISTED),
        f"The {LISTED} tags that gain most from the user": more.nlargest(LISTED),
    }
